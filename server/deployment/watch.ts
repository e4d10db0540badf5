import { looks } from '@apployd/backplane/events/looks';
import { systemClock } from '@apployd/core/clock';
import { isFinal } from '@apployd/core/deployment';
import { idOf } from '@apployd/core/id';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { signedIn, type Context } from '../context.js';
import { cancellable } from '../stream/cancellable.js';
import { onlyNull } from '../stream/only-null.js';

const lookAgainMs = 4_000;
/** A stage ends and the next begins within milliseconds: that is one look, and nobody sees the difference. */
const restMs = 30;

/** The deployment's id now, and again whenever its row has changed; ends once its status is final, or access is gone. */
export async function watchDeployment(
  context: Context,
  publicId: string,
): Promise<AsyncIterable<{ readonly id: string } | null>> {
  const { principalId, sees } = signedIn(context);
  const id = idOf('Deployment', publicId);
  if (id === null) return onlyNull();
  const found = await context.db.deployment.findFirst({
    where: { id, ...sees.Deployment },
    select: { organizationId: true },
  });
  if (!found) return onlyNull();
  const leave = context.subscriptions.enter({ principalId, ...found });
  return cancellable((left) => changes(context, id, left), leave);
}

async function* changes(
  context: Context,
  id: string,
  left: AbortSignal,
): AsyncGenerator<{ readonly id: string } | null, void> {
  let seen = '';
  for await (const _look of looks(
    context.events,
    'deployment',
    id,
    context.settings.lookAgainMs ?? lookAgainMs,
    left,
  )) {
    const row = await look(context, id);
    if (!row) return yield null;
    const mark = JSON.stringify([row, await placeOf(context, id, row)], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    if (mark !== seen) yield { id };
    seen = mark;
    if (isFinal(row.status)) return;
    await systemClock.sleep(restMs, left).catch(() => undefined);
  }
}

/** What waits moves up in the queue without a change of its row. */
async function placeOf({ places }: Context, id: string, { status, slotAt }: Pick<Deployment, 'status' | 'slotAt'>) {
  return status === 'QUEUED' && slotAt === null ? (await places(id))?.position : null;
}

function look(context: Context, id: string) {
  return context.db.deployment.findFirst({
    where: { id, ...signedIn(context).stillSees().Deployment },
    select: {
      status: true,
      serving: true,
      standbyReason: true,
      commit: true,
      cancelRequestedAt: true,
      supersededById: true,
      slotAt: true,
      startedAt: true,
      url: true,
      rollout: { include: { sides: { orderBy: [{ isNew: 'asc' }, { edgeId: 'asc' }] } } },
      steps: {
        select: { name: true, startedAt: true, finishedAt: true, result: true, attempts: true },
        orderBy: { startedAt: 'asc' },
      },
    },
  });
}
