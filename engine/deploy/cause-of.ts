import { DeploymentFailure } from '@apployd/core/failure';

/** Why work ended: what failed by the customer's doing, otherwise what stopped it, otherwise the error as it came. */
export function causeOf(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !(error instanceof DeploymentFailure) ? signal.reason : error;
}
