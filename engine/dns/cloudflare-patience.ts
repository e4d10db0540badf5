import { APIConnectionError, APIError } from 'cloudflare/core/error';
import { backoffMs } from '@apployd/core/backoff';
import type { Clock } from '@apployd/core/clock';

const attempts = 5;
const firstMs = 500;
const mostMs = 8_000;
/** Who is told to wait longer has somebody waiting who will not. */
const longestMs = 60_000;

/** Tries again what may succeed the next time, after the wait that Cloudflare asks for, or else a growing one. */
export async function patiently<T>(clock: Clock, signal: AbortSignal, work: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = waitAfter(error, attempt);
      if (waitMs === null || waitMs > longestMs || attempt === attempts) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Null: trying again is no use. */
function waitAfter(error: unknown, attempt: number): number | null {
  if (error instanceof APIConnectionError) return backoffMs(attempt, firstMs, mostMs);
  if (!(error instanceof APIError)) return null;
  if (error.status !== 429 && !(Number(error.status) >= 500)) return null;
  const seconds = Number(error.headers?.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : backoffMs(attempt, firstMs, mostMs);
}
