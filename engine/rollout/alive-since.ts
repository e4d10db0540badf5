import type { Clock } from '@apployd/core/clock';
import type { Prisma } from '@apployd/prisma/generated/client/client';

/** A server whose engine has said within so many milliseconds that it is there. */
export function aliveSince(clock: Clock, ms: number) {
  const heartbeatAt = { gt: new Date(clock.now().getTime() - ms) };
  return { status: { not: 'REMOVED' }, heartbeatAt } as const satisfies Prisma.ServerWhereInput;
}
