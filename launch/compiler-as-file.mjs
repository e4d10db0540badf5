import { pathToFileURL } from 'node:url';

const asText = '-base64.mjs';

/**
 * Prisma brings its query compiler as two megabytes of text, decodes it once, and keeps the text for good together with
 * the source that it stands in. A file that is read when it is to be decoded spares each process both.
 */
export const compilerAsFile = {
  name: 'compiler-as-file',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.wasm-base64\.mjs$/ }, ({ path }) => ({ contents: readWhenDecoded(path), loader: 'js' }));
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: 'compiler' }));
    onLoad({ filter: /\.wasm$/, namespace: 'compiler' }, async ({ path }) => {
      const { wasm } = await import(pathToFileURL(path + asText).href);
      return { contents: Buffer.from(wasm, 'base64'), loader: 'file' };
    });
  },
};

/** `Buffer.from`, by which Prisma decodes the text, takes the value of an object in its place. */
const readWhenDecoded = (path) => `
  import { readFileSync } from 'node:fs';
  import { basename } from 'node:path';
  import file from ${JSON.stringify(path.slice(0, -asText.length))};
  export const wasm = { valueOf: () => readFileSync(new URL(basename(file), import.meta.url)) };
`;
