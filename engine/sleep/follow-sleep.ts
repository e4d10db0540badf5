import { isAsleep } from '@apployd/core/environment';
import { looks } from '@apployd/backplane/events/looks';
import type { Engine } from '../engine.js';
import { admit, laneOf, type Due, type Lane } from './lanes.js';
import { putToSleep } from './put-to-sleep.js';
import { wakeUp } from './wake-up.js';

const lookAgainMs = 1_000;
/** Most of them only wait for edges to tell who is served. */
const sleepsAtOnce = 16;
const most = 500;
/** More than are let in at once, so that places which become free meanwhile find somebody. */
const mostOfOne = 20;

type Busy = Due & { readonly done: Promise<void> };

/** Puts to sleep, and wakes, what is to on this server, until the signal fires: few at a time, those first that were asked for first. */
export async function followSleep(engine: Engine, signal: AbortSignal): Promise<void> {
  const busy = new Map<string, Busy>();
  let waiting: readonly Due[] = [];
  const fill = () => {
    const next = nextOf(engine, waiting, [...busy.values()]);
    waiting = waiting.filter((one) => !next.includes(one));
    for (const due of next) busy.set(due.id, { ...due, done: follow(engine, due, signal).finally(() => leave(due)) });
  };
  // A place that becomes free is taken at once, by who waited when it was looked last.
  const leave = ({ id }: Due) => {
    busy.delete(id);
    if (!signal.aborted) fill();
  };
  for await (const _ of looks(engine.events, 'environment', null, lookAgainMs, signal)) {
    const due = await dueSleep(engine, [...busy.keys()]).catch((err: unknown) => {
      engine.log.warn({ err }, 'cannot see what is to sleep or wake');
      return [];
    });
    waiting = due.filter(({ id }) => !busy.has(id));
    fill();
  }
  await Promise.all([...busy.values()].map(({ done }) => done));
}

const lanes: readonly Lane[] = ['light', 'deep', 'sleep'];

function nextOf({ settings }: Engine, waiting: readonly Due[], busy: readonly Due[]): readonly Due[] {
  return lanes.flatMap((lane) => {
    const isIn = (one: Due) => laneOf(one) === lane;
    return admit(waiting.filter(isIn), busy.filter(isIn), lane === 'sleep' ? sleepsAtOnce : settings.wakesAtOnce);
  });
}

async function follow(engine: Engine, { id, desiredState }: Due, signal: AbortSignal): Promise<void> {
  try {
    await (isAsleep(desiredState) ? putToSleep : wakeUp)(engine, id, signal);
  } catch (err) {
    if (!signal.aborted) engine.log.warn({ err, environmentId: id }, 'could not follow what is to sleep');
  }
}

/**
 * Those of this server that do not sleep as they should, or for which somebody waits, less those that are worked on; who
 * waits longest is first. Of each organization only some: however many it has, others are seen.
 */
function dueSleep({ db, settings }: Engine, busy: readonly string[]): Promise<readonly Due[]> {
  return db.$queryRaw<Due[]>`
    SELECT "id", "organizationId", "desiredState", "observedState" FROM (
      SELECT environment."id", environment."organizationId", environment."desiredState", environment."observedState",
        environment."wakeAskedAt", row_number() OVER (
          PARTITION BY environment."organizationId", environment."desiredState", environment."observedState"
          ORDER BY environment."wakeAskedAt" NULLS LAST, environment."id") AS "place"
      FROM "Environment" AS environment
      JOIN "Deployment" AS live ON live."id" = environment."liveDeploymentId" AND live."serverId" = ${settings.serverId}::uuid
      WHERE (environment."desiredState" <> environment."observedState" OR environment."wakeAskedAt" IS NOT NULL)
        AND environment."desiredState" <> 'STOPPED'
        AND (environment."wakeAskedAt" IS NOT NULL OR environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')
          OR environment."observedState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP'))
        AND NOT environment."id" = ANY(${busy}::uuid[])
    ) AS due
    WHERE due."place" <= ${mostOfOne}
    ORDER BY due."wakeAskedAt" NULLS LAST, due."id"
    LIMIT ${most}`;
}
