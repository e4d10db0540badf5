import type { z } from 'zod';
import { type DashboardConfig, readConfig } from './config.js';
import { startDashboard } from './web/start-dashboard.js';

const closeTimeoutMs = 8_000;

/** Serves until SIGTERM, SIGINT or the loss of the launcher. */
async function main(): Promise<void> {
  const config = configOrExit();
  if (process.argv.includes('--print-config')) return void process.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
  const ending = endSignal();
  const dashboard = await startDashboard(config);
  say('info', `ready at ${dashboard.url}`);
  process.send?.({ type: 'ready', url: dashboard.url });
  await aborted(ending);
  setTimeout(() => process.exit(1), closeTimeoutMs).unref();
  await dashboard.close();
}

function configOrExit(): DashboardConfig {
  try {
    return readConfig();
  } catch (error) {
    const { issues } = error as z.ZodError;
    process.stderr.write(
      `dashboard: ${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}\n`,
    );
    process.exit(1);
  }
}

/** A launcher that was killed sends no signal, but its channel closes. */
function endSignal(): AbortSignal {
  const ending = new AbortController();
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => ending.abort());
  return ending.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function say(level: 'info' | 'fatal', message: string): void {
  process.stdout.write(`${JSON.stringify({ level: level === 'info' ? 30 : 60, name: 'dashboard', msg: message })}\n`);
}

// A launcher that was killed reads no more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main().then(
  () => process.exit(0),
  (error: unknown) => {
    say('fatal', `could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
