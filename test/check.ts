import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './host/command.js';

/** Generated files that are committed. */
const generated = ['schema.graphql', 'sdk/generated', 'server/generated', 'docs/configuration.md'];

type Check = readonly [name: string, check: () => Promise<unknown>];

/** What must hold beside the tests. All of it is looked at, also behind one that fails. */
await look(['generated files are fresh', generatedFilesAreFresh]);
// These read what the first may have written. ESLint takes one core as long as the others together take another.
await Promise.all([look(['rules, also between rooms', () => npm('lint:rules')]), lookAtTheRest()]);

async function lookAtTheRest(): Promise<void> {
  await look(['types, of the tests too', () => npm('types')]);
  await look(['promises and unions', () => npm('lint:promises')]);
  await look(['unused code', () => npm('lint:unused')]);
  await look(['format', () => npm('lint:format')]);
}

async function look([name, check]: Check): Promise<void> {
  const start = Date.now();
  const failure = await check().then(
    () => null,
    (error: Error) => error,
  );
  console.log(`check: ${name}: ${failure ? 'FAILED' : 'ok'} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (!failure) return;
  console.error(failure.message);
  process.exitCode = 1;
}

async function generatedFilesAreFresh(): Promise<void> {
  const before = await fingerprints();
  await npm('generate');
  const after = await fingerprints();
  const files = [...new Set([...before.keys(), ...after.keys()])];
  const stale = files.filter((file) => before.get(file) !== after.get(file));
  if (stale.length > 0) throw new Error(`They were stale and are made anew. Review and commit: ${stale.join(', ')}`);
}

async function fingerprints(): Promise<ReadonlyMap<string, string>> {
  const files = (await Promise.all(generated.map(filesOf))).flat();
  const entries = files.map(async (file) => [file, sha256(await readFile(file))] as const);
  return new Map(await Promise.all(entries));
}

async function filesOf(name: string): Promise<readonly string[]> {
  const entries = await readdir(name, { recursive: true, withFileTypes: true }).catch(() => null);
  if (!entries) return [name];
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function npm(script: string): Promise<string> {
  return run('npm', ['run', '--silent', script], { timeoutMs: 10 * 60_000 });
}
