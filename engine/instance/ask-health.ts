import type { ProjectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import { knock } from '../route/knock.js';
import { probe, type ProbeAnswer } from '../route/probe.js';
import type { CommandReport } from '../runtime/runtime.js';
import type { RunningInstance } from './start-release.js';

/** What an instance answered to one health check. */
export type HealthAnswer =
  | ProbeAnswer
  | ({ readonly kind: 'command' } & CommandReport)
  | { readonly kind: 'connected' };

export type HealthQuestion = {
  readonly settings: ProjectSettings;
  /** The host name that the app believes it serves. */
  readonly hostname: string;
  readonly signal: AbortSignal;
};

type Asked = Pick<RunningInstance, 'handle' | 'host' | 'port'>;

/** One health check, of the kind that the settings name. */
export async function askHealth(
  engine: Pick<Engine, 'runtime'>,
  { handle, host, port }: Asked,
  { settings, hostname, signal }: HealthQuestion,
): Promise<HealthAnswer> {
  const { healthCheckKind: kind, healthCheckPath: path, healthCheckCommand, healthCheckAnswerMs: timeoutMs } = settings;
  // Without an address it has ended by now: asking `` would ask this machine.
  if (host === '') return { kind: 'refused' };
  if (kind === 'TCP') return knock({ host, port, timeoutMs, signal });
  if (kind === 'HTTP') return probe({ host, port, path, hostname, timeoutMs, signal });
  const report = await engine.runtime.execute(handle, healthCheckCommand ?? [], { withinMs: timeoutMs, signal });
  return { kind: 'command', ...report };
}

/** Of HTTP anything but an error of the app: a redirect to a login page is health too. */
export function isHealthy(answer: HealthAnswer): boolean {
  if (answer.kind === 'answer') return answer.status >= 200 && answer.status < 400;
  return answer.kind === 'connected' || (answer.kind === 'command' && answer.exitCode === 0);
}
