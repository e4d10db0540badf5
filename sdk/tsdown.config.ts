import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { index: 'index.ts', node: 'node.ts', documents: 'generated/documents.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  dts: true,
  // Bundling drops the reference in index.ts, which Symbol.asyncDispose needs.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  sourcemap: true,
  fixedExtension: false,
  clean: true,
  logLevel: 'warn',
  // Otherwise the bundler's own helpers land in node.js, and index.js would load it for them.
  outputOptions: { codeSplitting: { groups: [{ name: 'runtime', test: /rolldown[/\\]runtime/ }] } },
  inputOptions: { checks: { pluginTimings: false } },
});
