// Makes one file of each process, in the place of its `dist/main.js`: to find, read and compile some 1,500 small ones takes
// Node longer than all else that a start does.
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compilerAsFile } from './compiler-as-file.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The dashboard brings its own bundle of pages. */
const rooms = ['server', 'engine', 'edge'];

/** What packages in CommonJS find in every module. */
const commonJs = [
  "import { createRequire as apploydRequire } from 'node:module';",
  "import { fileURLToPath as apploydPath } from 'node:url';",
  'const require = apploydRequire(import.meta.url);',
  'const __filename = apploydPath(import.meta.url);',
  "const __dirname = apploydPath(new URL('.', import.meta.url));",
].join('\n');

/**
 * graphql as ES modules, for packages in CommonJS too: there can only be one of it, and in its CommonJS every call of one
 * part by another goes through an accessor, some hundreds of times a request.
 */
const graphqlAsModules = {
  name: 'graphql-as-modules',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^graphql(\/|$)/ }, async ({ path: wanted, pluginData, ...from }) => {
      if (pluginData === 'asked') return undefined;
      const found = await resolve(wanted, { ...from, pluginData: 'asked' });
      return { ...found, path: found.path.replace(/\.js$/, '.mjs') };
    });
  },
};

/** zod brings its sentences in some fifty languages, of which settings and input are refused in one. */
const oneLanguage = {
  name: 'one-language',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ path: wanted, ...from }) =>
      /[\\/]zod[\\/]/.test(from.importer) ? resolve(wanted.replace('index.js', 'en.js'), from) : undefined,
    );
  },
};

await Promise.all(
  rooms.map((room) =>
    build({
      absWorkingDir: root,
      entryPoints: [`${room}/main.ts`],
      outdir: `${room}/dist`,
      bundle: true,
      // What is imported only when it is wanted is no part of what every start reads.
      splitting: true,
      chunkNames: 'parts/[name]-[hash]',
      assetNames: 'parts/[name]-[hash]',
      conditions: ['source'],
      platform: 'node',
      target: 'node20',
      format: 'esm',
      banner: { js: commonJs },
      plugins: [graphqlAsModules, oneLanguage, compilerAsFile],
      // Native code, and what is loaded only when it is called.
      external: ['@node-rs/argon2', 'dockerode', 'stripe'],
      minifyWhitespace: true,
      minifySyntax: true,
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'warning',
    }),
  ),
);
await Promise.all(rooms.map((room) => removeOldParts(path.join(root, room, 'dist', 'parts'))));

/** Of builds before: a platform that still runs may yet want those of the last one. */
async function removeOldParts(folder) {
  const aDayAgo = Date.now() - 86_400_000;
  for (const name of await readdir(folder)) {
    const part = path.join(folder, name);
    if ((await stat(part)).mtimeMs < aDayAgo) await rm(part);
  }
}
