import type { Event } from '@apployd/prisma/generated/client/client';
import { signedIn, type Context } from '../context.js';
import { withoutForeignTokens } from './foreign-tokens.js';
import { reachedEnvironment } from '../access/reached-environment.js';
import { isReached } from './reach.js';

/** Events by their ids, of the projects that the viewer may see. */
export async function findEvents(context: Context, _query: object, ids: string[]): Promise<Event[]> {
  const viewer = signedIn(context);
  const rows = await context.db.event.findMany({ where: { id: { in: ids }, stream: { kind: 'PROJECT' } } });
  const projects = await context.db.project.findMany({
    where: { id: { in: rows.map(({ streamId }) => streamId) }, ...viewer.sees.Project },
    select: { id: true },
  });
  const environmentId = reachedEnvironment(viewer);
  const visible = new Set(projects.map(({ id }) => id));
  const reached = rows.filter((row) => visible.has(row.streamId) && isReached(row, environmentId));
  return withoutForeignTokens(context.db, viewer, reached);
}
