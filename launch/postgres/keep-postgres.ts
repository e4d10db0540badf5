import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';

const lookAgainMs = 1_000;

/** An embedded PostgreSQL that is started again, on its port, when it ends unasked. */
export async function keepPostgres(
  options: EmbeddedPostgresOptions,
  onLine: (line: string) => void,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const stopping = new AbortController();
  let postgres = await startEmbeddedPostgres(options);
  const { url, port } = postgres;

  const watched = (async () => {
    while (await pause(stopping.signal)) {
      if (postgres.isRunning()) continue;
      onLine('ended unexpectedly; starting again');
      postgres = await restart().catch((error: Error) => {
        onLine(`could not be started again: ${error.message}`);
        return postgres;
      });
    }
  })();

  /** The rooms know one address only. */
  async function restart(): Promise<EmbeddedPostgres> {
    const next = await startEmbeddedPostgres({ ...options, port });
    if (next.port === port) return next;
    await next.stop();
    throw new Error(`port ${port} is taken.`);
  }

  return {
    url,
    stop: async () => {
      stopping.abort();
      await watched;
      await postgres.stop();
    },
  };
}

/** False once aborted. */
async function pause(signal: AbortSignal): Promise<boolean> {
  return sleep(lookAgainMs, true, { signal }).catch(() => false);
}
