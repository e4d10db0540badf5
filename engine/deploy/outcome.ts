import type { DeploymentStageResult } from '@apployd/core/deployment';
import { DeploymentFailure, type FailureCode } from '@apployd/core/failure';
import { AskedToEnd, Overtaken, type Run } from './run.js';

/** How a stage ended, and why. */
export type Outcome = {
  readonly result: DeploymentStageResult;
  readonly code: FailureCode | null;
  readonly reason: string | null;
};

/** What an error makes of the stage in which it came; null when the stage is another worker's by now. */
export function outcomeOf(error: unknown, signal: AbortSignal, { variables }: Pick<Run, 'variables'>): Outcome | null {
  if (error instanceof DeploymentFailure) {
    return { result: 'FAILED', code: error.code, reason: variables.mask(error.message) };
  }
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (cause instanceof Overtaken) return null;
  if (cause instanceof AskedToEnd) return { result: cause.as, code: null, reason: null };
  return { result: 'INTERRUPTED', code: 'INTERNAL', reason: interrupted };
}

const interrupted = 'The platform was interrupted here, by no fault of yours. It tries again.';
