import { stillServesOf } from '../deployment/power.js';

/** An environment, as far as it tells who has the visitors. */
export type Instead = {
  readonly observedState: string;
  readonly liveDeployment: { readonly number: number } | null;
};

/** `142 did not go live, 141 still serves.` */
export function titleOfFailure(failed: number, { observedState, liveDeployment }: Instead): string {
  if (!liveDeployment) return `${failed} did not go live.`;
  return `${failed} did not go live, ${liveDeployment.number} ${stillServesOf({ observedState, liveDeployment })}.`;
}
