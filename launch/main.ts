import { explain } from '@apployd/backplane/process/explain';
import { printConfig } from './print-config.js';
import { startPlatform } from './start-platform.js';

/** `npm start`; with `--from-source` as in `npm run dev` the TypeScript itself. */
async function main(): Promise<void> {
  if (process.argv.includes('--print-config')) return printConfig();
  const ending = new AbortController();
  const hurry = new AbortController();
  const onSignal = () => {
    if (ending.signal.aborted) hurry.abort();
    ending.abort(new Error('ended before it was ready'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  const platform = await startPlatform({
    fromSource: process.argv.includes('--from-source'),
    onOutput: print,
    signal: ending.signal,
    hurry: hurry.signal,
  });
  process.stdout.write(`\nApployd is ready at ${platform.urls.public}\n  API   ${platform.urls.server}/graphql\n`);
  process.stdout.write(`  Data  ${platform.dataFolder}\n  Ctrl-C ends it.\n\n`);
  await aborted(ending.signal);
  await platform.stop();
}

const print = (name: string, line: string) => void process.stdout.write(`${name.padEnd(9)}| ${line}\n`);

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

// The terminal may be gone before we are.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`apployd: ${explain(error)}\n`);
    process.exit(1);
  },
);
