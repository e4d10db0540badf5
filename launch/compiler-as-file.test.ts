import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterEach, expect, test } from 'vitest';

const plugin = './compiler-as-file.mjs';
const text = '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.mjs';
let folder: string | undefined;

afterEach(() => folder && rm(folder, { recursive: true, force: true }));

test('the compiler is read from a file beside the bundle, and is the one that Prisma brings', async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-bundle-'));
  const { compilerAsFile } = (await import(plugin)) as { compilerAsFile: Plugin };
  await build({
    stdin: { contents: `export const load = () => import('${text}')`, resolveDir: import.meta.dirname },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    chunkNames: 'parts/[name]-[hash]',
    assetNames: 'parts/[name]-[hash]',
    plugins: [compilerAsFile],
  });
  const { load } = await import(pathToFileURL(path.join(folder, 'stdin.js')).href);
  const { wasm } = (await load()) as { wasm: string };
  const original = ((await import(text)) as { wasm: string }).wasm;
  expect(Buffer.from(wasm, 'base64').equals(Buffer.from(original, 'base64'))).toBe(true);
  const parts = await readdir(path.join(folder, 'parts'));
  const scripts = parts.filter((name) => name.endsWith('.js'));
  const weights = await Promise.all(
    scripts.map(async (name) => (await readFile(path.join(folder!, 'parts', name))).length),
  );
  expect(Math.max(...weights)).toBeLessThan(2_000);
});
