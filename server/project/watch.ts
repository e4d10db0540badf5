import { looks } from '@apployd/backplane/events/looks';
import { idOf } from '@apployd/core/id';
import { reachedEnvironment } from '../access/reached-environment.js';
import { signedIn, type Context } from '../context.js';
import { whereReached } from '../event/reach.js';
import { cancellable } from '../stream/cancellable.js';
import { onlyNull } from '../stream/only-null.js';

type Changed = { readonly id: string } | null;

const lookAgainMs = 4_000;
/** What happened while the reader loaded a page and began to follow. */
const beforeMs = 15_000;
/** Transactions end in another order than they take the time; none takes this long. */
const overlapMs = 60_000;

/** The id of each project of the organization in which something happened; once for what happened together. */
export async function watchProjects(context: Context, publicId: string): Promise<AsyncIterable<Changed>> {
  const { principalId, sees } = signedIn(context);
  const organizationId = idOf('Organization', publicId);
  if (organizationId === null) return onlyNull();
  const found = await context.db.organization.findFirst({
    where: { id: organizationId, ...sees.Organization },
    select: { id: true },
  });
  if (!found) return onlyNull();
  const leave = context.subscriptions.enter({ principalId, organizationId });
  return cancellable((left) => changes(context, organizationId, left), leave);
}

async function* changes(context: Context, organizationId: string, left: AbortSignal): AsyncGenerator<Changed, void> {
  const { db, events, settings } = context;
  const seen = new Map<string, bigint>();
  let since = await ago(context, beforeMs);
  for await (const _look of looks(events, 'event', organizationId, settings.lookAgainMs ?? lookAgainMs, left)) {
    if (!(await stillSees(context, organizationId))) return yield null;
    const streams = await db.eventStream.findMany({
      where: { organizationId, kind: 'PROJECT', changedAt: { gte: since } },
      select: { id: true, lastSequence: true, changedAt: true },
      orderBy: { changedAt: 'asc' },
    });
    const news = streams.filter(({ id, lastSequence }) => seen.get(id) !== lastSequence);
    yield* await reached(context, await visible(context, news), { since, seen });
    since = new Date(Math.max(Number(since), Number(streams.at(-1)?.changedAt ?? 0) - overlapMs));
    for (const { id, lastSequence } of news) seen.set(id, lastSequence);
  }
}

/** By the clock that dates events. */
async function ago({ db }: Context, ms: number): Promise<Date> {
  const [row] = await db.$queryRaw<{ readonly now: Date }[]>`SELECT now() AS "now"`;
  return new Date(Number(row?.now) - ms);
}

async function stillSees(context: Context, id: string): Promise<boolean> {
  const where = { id, ...signedIn(context).stillSees().Organization };
  return (await context.db.organization.findFirst({ where, select: { id: true } })) !== null;
}

function visible(context: Context, projects: readonly { readonly id: string }[]) {
  const where = { id: { in: projects.map(({ id }) => id) }, ...signedIn(context).stillSees().Project };
  return projects.length === 0 ? [] : context.db.project.findMany({ where, select: { id: true } });
}

type Before = { readonly since: Date; readonly seen: ReadonlyMap<string, bigint> };

/** A token for one environment is told of what happened there, or in its project as a whole: of one project at most. */
async function reached(context: Context, projects: readonly { readonly id: string }[], { since, seen }: Before) {
  const environmentId = reachedEnvironment(signedIn(context));
  const [project] = projects;
  if (environmentId === null || !project) return projects;
  const events = await context.db.$queryRaw<unknown[]>`
    SELECT 1 FROM "Event"
    WHERE "streamId" = ${project.id}::uuid AND "sequence" > ${seen.get(project.id) ?? 0n} AND "createdAt" >= ${since}
      AND ${whereReached(project.id, environmentId)}
    LIMIT 1`;
  return events.length > 0 ? projects : [];
}
