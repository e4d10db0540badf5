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
  if (id === null) return onlyNull();
  const read = () =>
    context.db.deployment.findFirst({
      where: { id, ...viewer.stillSees().Deployment },
      select: { organizationId: true },
    });
  const found = await read();
  if (!found) return onlyNull();
  const mayStillRead = async () => (await read()) !== null;
  return followLog(context, { stream: buildLogOf(id), after: after ?? 0, mayStillRead, ...found });
}
