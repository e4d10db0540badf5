#!/usr/bin/env node
// What the Prisma CLI runs in place of the native schema engine, which it would download. Chosen in prisma.config.ts.
import { parseArgs } from 'node:util';
import { runDatabaseCommand } from './database-command.mjs';
import { serveJsonRpc } from './json-rpc.mjs';
import { createWasmEngine } from './wasm-engine.mjs';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    datasource: { type: 'string', default: '{}' },
    datamodels: { type: 'string', multiple: true, default: [] },
    version: { type: 'boolean', short: 'V' },
  },
});
/** @type {{ url?: string }} */
const datasource = JSON.parse(String(values.datasource));
const [first, command] = positionals;

if (values.version) console.log('schema-engine-cli wasm');
else if (first === 'cli') await runDatabaseCommand(command, datasource.url);
else await serveJsonRpc(() => createWasmEngine(datasource.url, values.datamodels));
