import { DeploymentFailure } from '@apployd/core/failure';
import type { ExitReason, InstanceExit } from '@apployd/core/instance-exit';
import { maskedError } from '@apployd/backplane/log/masked-error';
import type { Engine } from '../engine.js';
import { lastLinesOf } from './last-lines.js';

/** An instance of what is live was started and did not get healthy: the app's doing, not ours. */
export class FailedStart extends Error {
  override readonly name = 'FailedStart';
  readonly exit: InstanceExit;
  constructor(exit: InstanceExit) {
    super(exit.message);
    this.exit = exit;
  }
}

/** What an instance that did not get healthy ends with: with what it printed, without secrets. */
export async function failedStart(
  engine: Engine,
  instanceId: string,
  error: unknown,
  mask: (text: string) => string,
): Promise<Error> {
  if (!(error instanceof DeploymentFailure)) return maskedError(error, mask);
  return new FailedStart({
    at: engine.clock.now().toISOString(),
    reason: reasons[error.code] ?? 'NEVER_HEALTHY',
    exitCode: error.exitCode,
    message: mask(error.message),
    lastLines: await lastLinesOf(engine, instanceId, mask),
  });
}

const reasons: Readonly<Record<string, ExitReason>> = { START_CRASH: 'CRASHED', OUT_OF_MEMORY: 'OUT_OF_MEMORY' };
