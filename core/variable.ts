import { isVolumeVariable } from './volume.js';

/** Null when the key may name an environment variable, else a sentence. */
export function variableKeyProblem(key: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(key)) {
    return 'A variable is named with letters, digits and _ and starts with a letter or _ (at most 128 characters).';
  }
  return reserved.has(key) || isVolumeVariable(key) ? `${key} is set by the platform.` : null;
}

/** PORT tells an app where to listen; the others name the deployment. */
const reserved: ReadonlySet<string> = new Set(['PORT', 'APPLOYD_DEPLOYMENT_ID', 'APPLOYD_COMMIT']);

export const maxVariableBytes = 64 * 1024;
export const maxVariables = 500;
/** Of an environment together, as they are kept: more would not reach the app, since a system hands it little more than that. */
export const maxVariablesBytes = 1024 * 1024;

/** Secret values of fewer characters are not masked in logs: all too much of an output looks like them. */
export const shortestMasked = 4;

/** What a sealed variable is bound to: it opens in its own place only. */
export function variableContext(environmentId: string, key: string): string {
  return `variable:${environmentId}:${key}`;
}
