import type { Logger } from '@apployd/backplane/log/logger';
import type { Clock } from '@apployd/core/clock';
import type { Db } from '@apployd/prisma/create-db';
import { reservation, type Reservation } from './reservation.js';
import { usageOf } from './usage.js';

type Kept = {
  readonly serverId: string;
  readonly totalBytes: number;
  readonly waitMs: number;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
};

/** What this server keeps, by what its rows say that it runs. */
export function reservationOf(db: Db, { serverId, ...kept }: Kept): Reservation {
  return reservation({
    ...kept,
    usage: ({ environmentId, deploymentId }, counted) =>
      usageOf(db, { serverId, environmentId, deploymentId, counted }),
  });
}
