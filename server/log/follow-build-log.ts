import { idOf } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { signedIn, type Context } from '../context.js';
import { onlyNull } from '../stream/only-null.js';
import { followLog, type LogEvent } from './follow.js';

type Arguments = { readonly deploymentId: string; readonly after?: number | null };

export async function followBuildLog(
  context: Context,
  { deploymentId, after }: Arguments,
): Promise<AsyncIterable<LogEvent | null>> {
  const viewer = signedIn(context);
  const id = idOf('Deployment', deploymentId);
  const mayRead = async () =>
    id !== null && (await context.db.deployment.count({ where: { id, ...viewer.stillSees().Deployment } })) > 0;
  if (id === null || !(await mayRead())) return onlyNull();
  return followLog(context, { stream: buildLogOf(id), after: after ?? 0, mayStillRead: mayRead });
}
