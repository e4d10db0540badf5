import { idOf } from '@apployd/core/id';
import { runtimeLogOf } from '@apployd/core/log-line';
import { signedIn, type Context } from '../context.js';
import { onlyNull } from '../stream/only-null.js';
import { followLog, type LogEvent } from './follow.js';

type Arguments = { readonly environmentId: string; readonly after?: number | null };

export async function followRuntimeLog(
  context: Context,
  { environmentId, after }: Arguments,
): Promise<AsyncIterable<LogEvent | null>> {
  const viewer = signedIn(context);
  const id = idOf('Environment', environmentId);
  const mayRead = async () =>
    id !== null && (await context.db.environment.count({ where: { id, ...viewer.stillSees().Environment } })) > 0;
  if (id === null || !(await mayRead())) return onlyNull();
  return followLog(context, { stream: runtimeLogOf(id), after: after ?? 0, mayStillRead: mayRead });
}
