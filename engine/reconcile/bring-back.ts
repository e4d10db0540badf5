import { projectSettings } from '@apployd/core/settings';
import { newId } from '@apployd/core/id';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { waitUntilHealthy } from '../deploy/healthy.js';
import { askNext } from '../deploy/line.js';
import { startRelease, type RunningInstance } from '../deploy/start-instance.js';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { setRoute } from '../route/set-route.js';
import { openVariables } from '../variable/open-variables.js';

const lost = {
  process: true,
  deployment: { include: { release: true } },
  environment: { include: { variables: true } },
} as const satisfies Prisma.InstanceInclude;
type LostInstance = Prisma.InstanceGetPayload<{ include: typeof lost }>;

/** Starts live releases again whose instance is gone: after a reboot, or when an app ended by itself. */
export async function bringBack(engine: Engine): Promise<void> {
  const live = await engine.db.instance.findMany({
    where: {
      serverId: engine.settings.serverId,
      state: 'RUNNING',
      deployment: { serving: 'LIVE' },
      environment: { desiredState: 'RUNNING' },
    },
    include: lost,
  });
  for (const instance of live) {
    const report = await engine.runtime.inspect(instance.handle ?? '');
    if (report.state === 'running') continue;
    const exitCode = report.state === 'ended' ? report.exitCode : null;
    const reason = report.state === 'ended' && report.outOfMemory ? 'OUT_OF_MEMORY' : 'ENDED';
    engine.log.warn({ instanceId: instance.id, exitCode, reason }, 'a live instance is gone; starting another');
    await replaceUnderLease(engine, instance, { exitCode, reason });
    await askNext(engine, instance.environmentId);
  }
}

/** A deployment at work in the environment goes first: it brings its own instance. */
async function replaceUnderLease(
  engine: Engine,
  instance: LostInstance,
  end: { readonly exitCode: number | null; readonly reason: string },
): Promise<void> {
  const { leases, settings } = engine;
  await leases.hold(`environment:${instance.environmentId}`, settings.leaseMs, async (_, signal) => {
    try {
      await replace(engine, instance, signal);
      await removeInstance(engine, instance.id, 0);
      await engine.db.instance.update({ where: { id: instance.id }, data: { state: 'CRASHED', ...end } });
    } catch (err) {
      engine.log.error(
        { err, environmentId: instance.environmentId },
        'could not bring the environment back; trying again later',
      );
    }
  });
}

async function replace(engine: Engine, instance: LostInstance, signal: AbortSignal): Promise<void> {
  const { deployment, environment, process } = instance;
  if (!deployment.release) throw new Error(`live deployment ${deployment.id} has no release`);
  const row = await engine.db.instance.create({
    data: {
      id: newId(),
      organizationId: instance.organizationId,
      environmentId: environment.id,
      processId: process.id,
      deploymentId: deployment.id,
      serverId: engine.settings.serverId,
    },
  });
  try {
    const started = await startRelease(
      engine,
      row,
      process,
      deployment.release,
      openVariables(engine, environment.variables).all,
    );
    const settings = projectSettings.parse(deployment.release.settings);
    await waitUntilHealthy(engine, started, settings, environment.hostname, signal);
    await sendVisitors(engine, instance, started);
  } catch (error) {
    await removeInstance(engine, row.id, 0);
    throw error;
  }
}

async function sendVisitors(
  engine: Engine,
  { environment, deployment }: LostInstance,
  to: RunningInstance,
): Promise<void> {
  await engine.db.$transaction(async (tx) => {
    await tx.instance.update({ where: { id: to.id }, data: { state: 'RUNNING' } });
    await setRoute(tx, {
      hostname: environment.hostname,
      organizationId: environment.organizationId,
      environmentId: environment.id,
      deploymentId: deployment.id,
      targets: [`${to.host}:${to.port}`],
    });
  });
  engine.events.publish('route', environment.hostname);
}
