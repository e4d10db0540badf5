// `npm start`, `npm run demo`, `npm run rotate-secrets` and `npm run billing:sync`: builds when the build is older than its sources, then starts what was built.
// Kept in a syntax that an old Node reads, so that it can say that it is too old.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const least = engines.node.replace(/[^\d.]/g, '');
const isOlder = (a, b) => a.localeCompare(b, undefined, { numeric: true }) < 0;

if (isOlder(process.versions.node, least)) {
  console.error('apployd: Node ' + process.versions.node + ' is too old: install ' + least + ' or newer.');
  process.exit(1);
}
const programs = {
  demo: './dist/demo/main.js',
  'rotate-secrets': './dist/rotate-secrets.js',
  'billing-sync': './dist/billing-sync.js',
};
const program = programs[process.argv[2]] || './dist/main.js';
if (programs[process.argv[2]]) process.argv.splice(2, 1);
try {
  const { ensureBuilt } = await import('./ensure-built.mjs');
  await ensureBuilt();
  await import(program);
} catch (error) {
  console.error('apployd: ' + error.message);
  process.exit(1);
}
