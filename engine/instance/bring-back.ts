import { activeStatuses } from '@apployd/core/deployment';
import { newId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Instance, Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import { maskedError } from '@apployd/backplane/log/masked-error';
import { openVariables, type OpenVariables } from '../variable/open-variables.js';
import { removeInstance } from './remove-instance.js';
import { startRelease } from './start-release.js';
import { waitUntilHealthy } from './wait-until-healthy.js';

const include = {
  processes: true,
  liveDeployment: { include: { release: true, instances: true } },
} as const satisfies Prisma.EnvironmentInclude;
type LiveEnvironment = Prisma.EnvironmentGetPayload<{ include: typeof include }>;
type LiveDeployment = NonNullable<LiveEnvironment['liveDeployment']>;

const lookForDeploymentsMs = 1_000;

/**
 * Starts what is live in the environment again when its instance is gone: after a reboot, or when the app ended by
 * itself. A deployment goes first: it brings an instance of its own.
 */
export async function bringBack(engine: Engine, environmentId: string, signal: AbortSignal): Promise<void> {
  const { leases, settings } = engine;
  await leases.hold(`environment:${environmentId}`, settings.leaseMs, async (_, lost) => {
    const stop = AbortSignal.any([signal, lost]);
    const environment = await engine.db.environment.findUnique({ where: { id: environmentId }, include });
    if (!environment?.liveDeployment || environment.desiredState !== 'RUNNING') return;
    if (await isDeploymentWaiting(engine, environmentId)) return;
    await replaceLost(engine, environment, environment.liveDeployment, stop);
  });
}

async function replaceLost(
  engine: Engine,
  environment: LiveEnvironment,
  live: LiveDeployment,
  signal: AbortSignal,
): Promise<void> {
  const { running, dead } = await sortOut(engine, live.instances);
  if (running.length === 0) await startAgain(engine, environment, live, signal);
  for (const { id } of dead) await removeDead(engine, id);
}

/** Dead is what runs by its row and not in truth, and what a look that was cut short left half-started. */
async function sortOut(engine: Engine, instances: readonly Instance[]) {
  const running: Instance[] = [];
  const dead: Instance[] = [];
  for (const instance of instances) {
    if (instance.state === 'STOPPED' || instance.state === 'CRASHED') continue;
    const { state } = await engine.runtime.inspect(instance.id);
    (instance.state === 'RUNNING' && state === 'running' ? running : dead).push(instance);
  }
  return { running, dead };
}

async function startAgain(
  engine: Engine,
  environment: LiveEnvironment,
  live: LiveDeployment,
  signal: AbortSignal,
): Promise<void> {
  const variables = await openVariables(engine, environment);
  const watch = whileNothingWaits(engine, environment.id, signal);
  try {
    await startAnother(engine, environment, live, variables.all, watch.signal);
    await note(engine, environment, live, 'RUNNING', null);
  } catch (error) {
    const err = maskedError(error, variables.mask);
    engine.log.warn({ err, environmentId: environment.id }, 'could not bring the environment back; trying again later');
    await note(engine, environment, live, 'STOPPED', err.message);
  } finally {
    watch.dispose();
    variables.forget();
  }
}

async function startAnother(
  engine: Engine,
  environment: LiveEnvironment,
  live: LiveDeployment,
  variables: OpenVariables['all'],
  signal: AbortSignal,
): Promise<void> {
  const { release } = live;
  const process = environment.processes.find(({ name }) => name === 'web');
  if (!release || !process) throw new Error('There is nothing to start: the release is not kept.');
  if (release.runtime !== engine.runtime.kind) {
    throw new Error(
      `The release was built for the ${release.runtime} runtime, and this engine has ${engine.runtime.kind}.`,
    );
  }
  const row = await engine.db.instance.create({
    data: {
      id: newId(),
      organizationId: environment.organizationId,
      environmentId: environment.id,
      processId: process.id,
      deploymentId: live.id,
      serverId: engine.settings.serverId,
    },
  });
  try {
    const started = await startRelease(engine, row, process, release, variables);
    await waitUntilHealthy(engine, started, projectSettings.parse(release.settings), environment.hostname, signal);
    await takeVisitors(engine, environment, live, row.id);
  } catch (error) {
    await removeInstance(engine, row.id, 0);
    throw error;
  }
}

/** The new instance runs, the others of this deployment do not: the route follows the rows. */
async function takeVisitors(
  engine: Engine,
  environment: LiveEnvironment,
  live: LiveDeployment,
  instanceId: string,
): Promise<void> {
  await engine.db.$transaction(async (tx) => {
    await tx.instance.updateMany({ where: { deploymentId: live.id, state: 'RUNNING' }, data: { state: 'STOPPING' } });
    await tx.instance.update({ where: { id: instanceId }, data: { state: 'RUNNING' } });
    await leadToLive(tx, environment.id);
  });
  engine.events.publish('route', environment.hostname);
}

async function removeDead(engine: Engine, id: string): Promise<void> {
  const report = await engine.runtime.inspect(id);
  const end =
    report.state === 'ended'
      ? { exitCode: report.exitCode, reason: report.outOfMemory ? 'OUT_OF_MEMORY' : 'ENDED' }
      : { reason: 'LOST' };
  await removeInstance(engine, id, 0);
  await engine.db.instance.update({ where: { id }, data: { state: 'CRASHED', ...end } });
}

/** What is observed, and why; an event the first time it changes. */
async function note(
  engine: Engine,
  environment: LiveEnvironment,
  live: LiveDeployment,
  observedState: 'RUNNING' | 'STOPPED',
  stateReason: string | null,
): Promise<void> {
  const isNews =
    observedState === 'RUNNING' ||
    environment.observedState !== observedState ||
    environment.stateReason !== stateReason;
  if (!isNews) return;
  await engine.db.$transaction(async (tx) => {
    await tx.environment.update({ where: { id: environment.id }, data: { observedState, stateReason } });
    await appendEvent(tx, {
      organizationId: environment.organizationId,
      streamId: environment.projectId,
      kind: 'PROJECT',
      type: observedState === 'RUNNING' ? 'environment.restarted' : 'environment.down',
      subjectId: environment.id,
      actorId: null,
      data: { deploymentNumber: live.number, reason: stateReason },
    });
  });
  engine.events.publish('environment', environment.id);
}

/** A signal that also fires once somebody deploys: what they deploy may be the repair. */
function whileNothingWaits(
  engine: Engine,
  environmentId: string,
  signal: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const stop = new AbortController();
  const look = async () => {
    if (await isDeploymentWaiting(engine, environmentId)) stop.abort(new Error('A deployment goes first.'));
  };
  const timer = setInterval(() => void look().catch(() => undefined), lookForDeploymentsMs);
  return { signal: AbortSignal.any([signal, stop.signal]), dispose: () => clearInterval(timer) };
}

async function isDeploymentWaiting({ db }: Engine, environmentId: string): Promise<boolean> {
  return (await db.deployment.count({ where: { environmentId, status: { in: [...activeStatuses] } } })) > 0;
}
