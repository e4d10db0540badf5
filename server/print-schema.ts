import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printSchema } from 'graphql';
import { schema } from './schema.js';

/** Writes the API to schema.graphql at the root; with --check only says whether that is fresh. */
const file = fileURLToPath(new URL('../schema.graphql', import.meta.url));

export const printedSchema = `${printSchema(schema)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(file, printedSchema);
  else if (readFileSync(file, 'utf8') !== printedSchema) {
    process.stderr.write('schema.graphql is stale: run npm run generate:schema and commit it.\n');
    process.exitCode = 1;
  }
}
