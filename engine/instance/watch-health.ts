import { activeStatuses } from '@apployd/core/deployment';
import { projectSettings } from '@apployd/core/settings';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { decideRollout } from '../rollout/decide.js';
import { goesOn } from '../rollout/goes-on.js';
import { askHealth, isHealthy } from './ask-health.js';

const lookMs = 1_000;

const select = {
  id: true,
  handle: true,
  host: true,
  port: true,
  environmentId: true,
  unhealthySince: true,
  environment: { select: { hostname: true } },
  deploymentId: true,
  deployment: { select: { serving: true, release: { select: { settings: true } } } },
} as const satisfies Prisma.InstanceSelect;

type Watched = Prisma.InstanceGetPayload<{ select: typeof select }>;

/** What is known of an instance between two checks. An engine that starts counts anew. */
type Course = { failures: number; nextAt: number; isAsked: boolean };

/** Knows how the instances on this server do, by the checks of before. */
export type HealthWatch = Map<string, Course>;

/**
 * Until the signal fires: checks the instances that take visitors on this server, those of rollouts among them, as often as their projects have it, and
 * asks for environments whose pause after a crash is over.
 */
export async function watchHealth(engine: Engine, signal: AbortSignal): Promise<void> {
  const watch: HealthWatch = new Map();
  const report = (err: unknown) => engine.log.warn({ err }, 'cannot see how instances do');
  while (!signal.aborted) {
    await askForRested(engine).catch(report);
    // A check takes its time: the look does not wait for it.
    await lookAtHealth(engine, watch, signal).then(({ done }) => void done.catch(report), report);
    await engine.clock.sleep(lookMs, signal).catch(() => undefined);
  }
}

const isAtWork = {
  status: { in: [...activeStatuses] },
  OR: [{ status: { not: 'QUEUED' } }, { slotAt: { not: null } }],
} satisfies Prisma.DeploymentWhereInput;

/** Asks for environments that may be started again by now, but where somebody deploys: who does looks by themselves. */
export async function askForRested({ db, clock, jobs, settings }: Engine): Promise<void> {
  const rested = await db.environment.findMany({
    where: {
      restartAfter: { lte: clock.now() },
      desiredState: 'RUNNING',
      liveDeployment: { serving: 'LIVE', serverId: settings.serverId },
      deployments: { none: { ...isAtWork, NOT: goesOn } },
    },
    select: { id: true },
  });
  for (const { id } of rested) await jobs.ask('bring-back', id);
}

/** Begins the checks whose turn it is; `done` once they have been answered. */
export async function lookAtHealth(
  engine: Engine,
  watch: HealthWatch,
  signal: AbortSignal,
): Promise<{ readonly done: Promise<unknown> }> {
  const instances = await engine.db.instance.findMany({
    where: {
      serverId: engine.settings.serverId,
      state: 'RUNNING',
      OR: [{ deployment: { serving: 'LIVE' } }, { deployment: goesOn }],
      environment: { desiredState: 'RUNNING' },
    },
    select,
  });
  forgetOthers(watch, instances);
  const now = engine.clock.now().getTime();
  const due = instances.filter((instance) => isDue(watch, instance, now));
  return { done: Promise.all(due.map((instance) => check(engine, watch, instance, signal))) };
}

function forgetOthers(watch: HealthWatch, instances: readonly Watched[]): void {
  const there = new Set(instances.map(({ id }) => id));
  for (const id of watch.keys()) if (!there.has(id)) watch.delete(id);
}

/** It was healthy when it got its visitors: its first turn comes after one interval. */
function isDue(watch: HealthWatch, { id, deployment }: Watched, now: number): boolean {
  const course = watch.get(id);
  if (course) return !course.isAsked && course.nextAt <= now;
  watch.set(id, { failures: 0, nextAt: now + settingsOf(deployment).healthCheckIntervalMs, isAsked: false });
  return false;
}

async function check(engine: Engine, watch: HealthWatch, instance: Watched, signal: AbortSignal): Promise<void> {
  const course = watch.get(instance.id);
  if (!course) return;
  const settings = settingsOf(instance.deployment);
  course.isAsked = true;
  try {
    const isWell = await asksWell(engine, instance, signal);
    course.failures = isWell ? 0 : course.failures + 1;
    if (isWell && instance.unhealthySince) await noteWell(engine, instance);
    if (!isWell && course.failures >= settings.healthCheckRetries)
      await noteUnhealthy(engine, instance, course.failures);
  } finally {
    course.isAsked = false;
    course.nextAt = engine.clock.now().getTime() + settings.healthCheckIntervalMs;
  }
}

async function asksWell(engine: Engine, instance: Watched, signal: AbortSignal): Promise<boolean> {
  const { handle, host, port, environment, deployment } = instance;
  if (!handle || !host || !port) return true;
  const question = { settings: settingsOf(deployment), hostname: environment.hostname, signal };
  return isHealthy(await askHealth(engine, { handle, host, port }, question)) || signal.aborted;
}

/**
 * Written once; asked for each time, since one that cannot be replaced now may be later. One of a rollout is not replaced: its
 * release is taken back.
 */
async function noteUnhealthy(engine: Engine, watched: Watched, failures: number): Promise<void> {
  const { id, environmentId } = watched;
  await engine.db.instance.updateMany({
    where: { id, state: 'RUNNING', unhealthySince: null },
    data: { unhealthySince: engine.clock.now() },
  });
  if (watched.deployment.serving === 'LIVE') return engine.jobs.ask('bring-back', environmentId);
  const sentence = `An instance of the new release failed ${failures} health checks in a row.`;
  await decideRollout(engine, watched, { verdict: 'ABORTED', reason: 'UNHEALTHY', sentence });
}

/** It came round before another one took its place. */
async function noteWell({ db, jobs }: Engine, { id, environmentId }: Watched): Promise<void> {
  await db.instance.updateMany({ where: { id, state: 'RUNNING' }, data: { unhealthySince: null, reason: null } });
  await jobs.ask('bring-back', environmentId);
}

function settingsOf({ release }: Watched['deployment']) {
  return projectSettings.parse(release?.settings ?? {});
}
