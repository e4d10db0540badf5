import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentFailure } from '@apployd/core/failure';
import { isTimeout, stoppable, type Stop } from '../command/stoppable.js';

export type FetchLimits = {
  readonly deadlineMs: number;
  /** What all files together may take up. */
  readonly maxBytes: number;
  readonly maxFiles: number;
};

export const defaultMaxFiles = 100_000;

/** Does work that fills a folder: within its deadline, and leaving the folder empty when it fails. */
export async function limited<T>(
  { deadlineMs }: FetchLimits,
  folder: string,
  outer: AbortSignal,
  work: (signal: AbortSignal, stop: Stop) => Promise<T>,
): Promise<T> {
  try {
    return await stoppable(outer, async (signal, stop) => {
      const deadline = setTimeout(() => stop(tookTooLong()), deadlineMs);
      return work(signal, stop).finally(() => clearTimeout(deadline));
    });
  } catch (error) {
    await emptyFolder(folder);
    throw isTimeout(error) ? tookTooLong() : error;
  }
}

function tookTooLong(): DeploymentFailure {
  return new DeploymentFailure(
    'SOURCE_TIMEOUT',
    'FETCH',
    'Fetching the source took too long. Try again, or make the repository smaller.',
  );
}

async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })));
}
