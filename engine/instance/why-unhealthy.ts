import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import type { ProjectSettings } from '@apployd/core/settings';
import type { InstanceReport } from '../runtime/runtime.js';
import type { HealthAnswer } from './ask-health.js';

/** Why an instance that should have started is over. */
export function whyItEnded(
  report: Exclude<InstanceReport, { state: 'running' }>,
  memoryBytes: number,
): DeploymentFailure {
  const exitCode = report.state === 'ended' ? report.exitCode : null;
  if (report.state === 'ended' && report.outOfMemory) {
    return new DeploymentFailure(
      'OUT_OF_MEMORY',
      'HEALTH_CHECK',
      `The app needed more than its ${describeBytes(memoryBytes)} of memory. Give the project a larger slice of the pool, or have the app use less.`,
      exitCode,
    );
  }
  const how =
    exitCode === null
      ? 'ended'
      : exitCode === 0
        ? 'ended by itself (exit code 0)'
        : `crashed with exit code ${exitCode}`;
  return new DeploymentFailure(
    'START_CRASH',
    'HEALTH_CHECK',
    `The app ${how} before it answered. Its last lines are in the log; it has to keep running and listen on PORT.`,
    exitCode,
  );
}

/** Where an app was told to listen; with a loopback of its own it cannot be reached there. */
export type ToldPort = { readonly port: number; readonly hasOwnLoopback: boolean };

/** Why an instance that runs did not get healthy in time. `answered` is the last answer of the right port, if it ever gave one. */
export function neverHealthy(
  settings: ProjectSettings,
  told: ToldPort,
  answered: HealthAnswer | null,
  listening: readonly number[] | null,
): DeploymentFailure {
  const { healthCheckPath: path, healthCheckTimeoutMs } = settings;
  if (answered?.kind === 'command') return unhealthy(commandProblem(settings, answered));
  const within = `within ${healthCheckTimeoutMs / 1000} s`;
  if (answered?.kind === 'answer') {
    return unhealthy(
      `The app answers ${path} with status ${answered.status}. It has to answer with a status below 400 ${within}; mend the app or set another health check path.`,
    );
  }
  if (answered && settings.healthCheckKind === 'HTTP')
    return unhealthy(`The app accepts connections on port ${told.port} but did not answer ${path} ${within}.`);
  const message = `${portProblem(told, listening)} ${within}. ${portAdvice(told, listening)}`;
  return new DeploymentFailure('PORT_NOT_OPEN', 'HEALTH_CHECK', message);
}

function commandProblem(
  { healthCheckCommand, healthCheckTimeoutMs, healthCheckAnswerMs }: ProjectSettings,
  { exitCode, output }: Extract<HealthAnswer, { kind: 'command' }>,
): string {
  const how = exitCode === null ? `took longer than ${healthCheckAnswerMs} ms` : `ended with exit code ${exitCode}`;
  const said = output.trim().split('\n').at(-1)?.slice(0, mostQuoted);
  const command = healthCheckCommand?.join(' ').slice(0, mostQuoted) ?? '';
  return `The health check command \`${command}\` ${how}${said ? `, and said: ${said}` : ''}. It has to end with 0 within ${healthCheckTimeoutMs / 1000} s; mend the app or set another command.`;
}

const mostQuoted = 200;

function unhealthy(message: string): DeploymentFailure {
  return new DeploymentFailure('HEALTH_CHECK_TIMEOUT', 'HEALTH_CHECK', message);
}

function portProblem(told: ToldPort, listening: readonly number[] | null): string {
  if (isOnLoopbackOnly(told, listening)) {
    return `The app listens on port ${told.port}, but on a loopback address only, and could not be reached`;
  }
  return `The app did not listen on port ${told.port}, which PORT names,`;
}

function portAdvice(told: ToldPort, listening: readonly number[] | null): string {
  if (isOnLoopbackOnly(told, listening)) return 'Have it listen on 0.0.0.0.';
  const others = (listening ?? []).filter((other) => other !== told.port);
  if (others.length === 0) return 'Have it listen on the port that the variable PORT names.';
  const setting = told.hasOwnLoopback ? `, or set the project's port to ${others[0]}` : '';
  return `It listens on ${others.join(', ')}: have it listen on the port that the variable PORT names${setting}.`;
}

function isOnLoopbackOnly({ port, hasOwnLoopback }: ToldPort, listening: readonly number[] | null): boolean {
  return hasOwnLoopback && Boolean(listening?.includes(port));
}
