import type { Viewer } from './viewer.js';

/** The one environment that a token reaches, if it reaches no more: nothing of the others is its to see. */
export function reachedEnvironment({ credential }: Viewer): string | null {
  return credential.kind === 'token' ? credential.environmentId : null;
}
