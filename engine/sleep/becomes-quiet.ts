import type { Engine } from '../engine.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { edgeIsGoneMs } from './edge-is-gone.js';
import type { Begun } from './put-to-sleep.js';

const lookAgainMs = 250;
/** Two reports of an edge: a request that ended right before the first is told of by it. */
const patienceMs = 7_000;

/**
 * Whether nobody is served any more once visitors are held: an edge that says that it is alive has said before who was
 * served until then. Waits a while for requests in flight; false when some go on, or when it is not to sleep any more.
 */
export async function becomesQuiet(
  engine: Engine,
  id: string,
  { version, heldAt }: Begun,
  signal: AbortSignal,
): Promise<boolean> {
  if (version === null || !(await waitForEdges(engine, version, signal))) return false;
  const deadlineAt = engine.clock.now().getTime() + patienceMs + engine.settings.drainMs;
  for (let since = heldAt; ;) {
    const look = await lookAt(engine, id, since);
    if (!look?.isWanted) return false;
    if (look.hasReported && !look.isBusy) return true;
    if (engine.clock.now().getTime() >= deadlineAt) return false;
    if (look.hasReported) since = look.now;
    await engine.clock.sleep(lookAgainMs, signal);
  }
}

type Look = {
  readonly now: Date;
  /** It is still to sleep. */
  readonly isWanted: boolean;
  /** Every edge has said who was served since, also one that is silent: it may go on serving. */
  readonly hasReported: boolean;
  /** Somebody was served since. */
  readonly isBusy: boolean;
};

/** By the database's clock, as edges write it. */
async function lookAt({ db }: Engine, id: string, since: Date): Promise<Look | undefined> {
  const [look] = await db.$queryRaw<Look[]>`
    SELECT clock_timestamp() AS "now",
      environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP') AS "isWanted",
      NOT EXISTS (SELECT 1 FROM "Edge" AS edge
        WHERE edge."heartbeatAt" > clock_timestamp() - ${edgeIsGoneMs} * interval '1 millisecond'
          AND (edge."reportedAt" IS NULL OR edge."reportedAt" <= ${since})) AS "hasReported",
      coalesce(activity."lastActiveAt" > ${since}, false) AS "isBusy"
    FROM "Environment" AS environment
    LEFT JOIN "Activity" AS activity ON activity."environmentId" = environment."id"
    WHERE environment."id" = ${id}::uuid`;
  return look;
}
