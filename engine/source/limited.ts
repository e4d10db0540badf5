import { DeploymentFailure } from '@apployd/core/failure';
import { isTimeout, stoppable, type Stop } from '../command/stoppable.js';
import { emptyFolder } from './empty-folder.js';

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
