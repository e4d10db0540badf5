import type { Engine } from '../engine.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { edgeIsGoneMs, edgeIsSilentMs } from './edge-is-gone.js';
import type { Begun } from './put-to-sleep.js';

const lookAgainMs = 250;
/** Two reports of an edge: a request that ended right before the first is told of by it. */
const patienceMs = 7_000;

/**
 * Waits a while for requests in flight once visitors are held: an edge that says that it is alive has said before who was
 * served until then. Null once nobody is served any more; else why it is not to be put to sleep, in a sentence.
 */
export async function whyNotQuiet(
  engine: Engine,
  id: string,
  { version, heldAt }: Begun,
  signal: AbortSignal,
): Promise<string | null> {
  if (version === null || !(await waitForEdges(engine, version, signal))) return whyNotHeld(engine, id, heldAt);
  const deadlineAt = engine.clock.now().getTime() + patienceMs + engine.settings.drainMs;
  for (let since = heldAt; ;) {
    const look = await lookAt(engine, id, since);
    if (!look?.isWanted) return notWanted;
    if (look.untold === null && !look.isBusy) return null;
    if (engine.clock.now().getTime() >= deadlineAt) return whyNot(look);
    if (look.untold === null) since = look.now;
    await engine.clock.sleep(lookAgainMs, signal);
  }
}

async function whyNotHeld(engine: Engine, id: string, heldAt: Date): Promise<string> {
  return (await lookAt(engine, id, heldAt))?.untold === 'SILENT' ? untold.SILENT : notFollowed;
}

const notFollowed = 'An edge did not say in time that it holds visitors: it may still send some here.';
const notWanted = 'It was woken before it slept.';

/** Why nobody can say who is served. */
const untold = {
  SILENT:
    'An edge is silent: it may still serve visitors here. It counts as gone an hour after it was last heard of, and at once when it is ended in order.',
  UNABLE: 'An edge of an older version does not tell who is served here. Upgrade it to the version of the engine.',
  LATE: 'An edge did not tell in time who is served here.',
} as const;

function whyNot({ isBusy, untold: why }: Look): string {
  return isBusy || why === null ? 'A visitor was still being served.' : untold[why];
}

type Look = {
  readonly now: Date;
  /** It is still to sleep. */
  readonly isWanted: boolean;
  /** Why not every edge has said who was served since, also one that is silent: it may go on serving. Null: all have. */
  readonly untold: keyof typeof untold | null;
  /** Somebody was served since. */
  readonly isBusy: boolean;
};

/** By the database's clock, as edges write it. */
async function lookAt({ db }: Engine, id: string, since: Date): Promise<Look | undefined> {
  const [look] = await db.$queryRaw<Look[]>`
    SELECT clock_timestamp() AS "now",
      environment."desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP') AS "isWanted",
      (SELECT CASE
          WHEN count(*) = 0 THEN NULL
          WHEN bool_or(edge."heartbeatAt" <= clock_timestamp() - ${edgeIsSilentMs} * interval '1 millisecond') THEN 'SILENT'
          WHEN bool_or(edge."reportedAt" IS NULL) THEN 'UNABLE'
          ELSE 'LATE'
        END
        FROM "Edge" AS edge
        WHERE edge."heartbeatAt" > clock_timestamp() - ${edgeIsGoneMs} * interval '1 millisecond'
          AND (edge."reportedAt" IS NULL OR edge."reportedAt" <= ${since})) AS "untold",
      coalesce(activity."lastActiveAt" > ${since}, false) AS "isBusy"
    FROM "Environment" AS environment
    LEFT JOIN "Activity" AS activity ON activity."environmentId" = environment."id"
    WHERE environment."id" = ${id}::uuid`;
  return look;
}
