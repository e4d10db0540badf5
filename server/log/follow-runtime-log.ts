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
  if (id === null) return onlyNull();
  const read = () =>
    context.db.environment.findFirst({
      where: { id, ...viewer.stillSees().Environment },
      select: { organizationId: true },
    });
  const found = await read();
  if (!found) return onlyNull();
  const mayStillRead = async () => (await read()) !== null;
  return followLog(context, { stream: runtimeLogOf(id), after: after ?? 0, mayStillRead, ...found });
}
