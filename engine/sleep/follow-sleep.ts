import { isAsleep } from '@apployd/core/environment';
import { looks } from '@apployd/backplane/events/looks';
import type { Environment } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { putToSleep } from './put-to-sleep.js';
import { wakeUp } from './wake-up.js';

const lookAgainMs = 1_000;
const sleepsAtOnce = 8;
const most = 500;

/** Puts to sleep, and wakes, what is to on this server, until the signal fires: few at a time, those first that were asked for first. */
export async function followSleep(engine: Engine, signal: AbortSignal): Promise<void> {
  const busy = new Map<string, Promise<void>>();
  const sleeping = lane(sleepsAtOnce);
  const waking = lane(engine.settings.wakesAtOnce);
  const begin = (due: Due): void => {
    const wakes = !isAsleep(due.desiredState);
    const way = wakes ? waking : sleeping;
    if (busy.has(due.id) || !way.enter()) return;
    const work = wakes ? wakeUp(engine, due.id, signal) : putToSleep(engine, due.id, signal);
    const done = work
      .catch((err: unknown) => {
        if (!signal.aborted) engine.log.warn({ err, environmentId: due.id }, 'could not follow what is to sleep');
      })
      .finally(() => {
        busy.delete(due.id);
        way.leave();
      });
    busy.set(due.id, done);
  };
  for await (const _ of looks(engine.events, 'environment', null, lookAgainMs, signal)) {
    const due = await dueSleep(engine).catch((err: unknown) => {
      engine.log.warn({ err }, 'cannot see what is to sleep or wake');
      return [];
    });
    for (const each of due) begin(each);
  }
  await Promise.all(busy.values());
}

type Due = Pick<Environment, 'id' | 'desiredState'>;

/** Those of this server that do not sleep as they should, or for which somebody waits; who waits longest is first. */
function dueSleep({ db, settings }: Engine): Promise<readonly Due[]> {
  return db.$queryRaw<Due[]>`
    SELECT environment."id", environment."desiredState"
    FROM "Environment" AS environment
    JOIN "Deployment" AS live ON live."id" = environment."liveDeploymentId" AND live."serverId" = ${settings.serverId}::uuid
    WHERE (environment."desiredState" <> environment."observedState" OR environment."wakeAskedAt" IS NOT NULL)
      AND environment."desiredState" <> 'STOPPED'
      AND (environment."wakeAskedAt" IS NOT NULL OR environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')
        OR environment."observedState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP'))
    ORDER BY environment."wakeAskedAt" NULLS LAST
    LIMIT ${most}`;
}

/** Bounds how many are at it. */
function lane(places: number) {
  let taken = 0;
  return {
    enter: () => {
      if (taken >= places) return false;
      taken += 1;
      return true;
    },
    leave: () => {
      taken -= 1;
    },
  };
}
