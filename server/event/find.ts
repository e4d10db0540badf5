import type { Event, EventStreamKind } from '@apployd/prisma/generated/client/client';
import { reachedEnvironment } from '../access/reached-environment.js';
import { signedIn, type Context } from '../context.js';
import { withoutForeignTokens } from './foreign-tokens.js';
import { isReached } from './reach.js';

/** Events by their ids, of the projects that the viewer may see. */
export async function findProjectEvents(context: Context, _query: object, ids: string[]): Promise<Event[]> {
  const viewer = signedIn(context);
  return findEvents(context, { ids, kind: 'PROJECT' }, (streams) =>
    context.db.project.findMany({ where: { id: { in: streams }, ...viewer.sees.Project }, select: { id: true } }),
  );
}

/** Events by their ids, of the organizations whose own events the viewer may read. */
export async function findOrganizationEvents(context: Context, _query: object, ids: string[]): Promise<Event[]> {
  const viewer = signedIn(context);
  return findEvents(context, { ids, kind: 'ORGANIZATION' }, (streams) =>
    context.db.organization.findMany({
      where: { id: { in: streams }, ...viewer.sees.OrganizationEvents },
      select: { id: true },
    }),
  );
}

type Wanted = { readonly ids: string[]; readonly kind: EventStreamKind };
type Seen = (streamIds: string[]) => Promise<readonly { readonly id: string }[]>;

async function findEvents(context: Context, { ids, kind }: Wanted, seenOf: Seen): Promise<Event[]> {
  const viewer = signedIn(context);
  const rows = await context.db.event.findMany({ where: { id: { in: ids }, stream: { kind } } });
  const visible = new Set((await seenOf(rows.map(({ streamId }) => streamId))).map(({ id }) => id));
  const environmentId = reachedEnvironment(viewer);
  const reached = rows.filter((row) => visible.has(row.streamId) && isReached(row, environmentId));
  return withoutForeignTokens(context.db, viewer, reached);
}
