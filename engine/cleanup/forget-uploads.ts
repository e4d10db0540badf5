import { activeStatuses } from '@apployd/core/deployment';
import { uploadBlobKey } from '@apployd/core/upload';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

const most = 500;

/** Removes archives whose time is over, but those of deployments that are at work or can still be gone back to. */
export async function forgetUploads({ db, blobs, clock }: Pick<Engine, 'db' | 'blobs' | 'clock'>): Promise<void> {
  const over = {
    expiresAt: { lt: clock.now() },
    deployments: {
      none: { OR: [{ status: { in: [...activeStatuses] } }, { serving: { in: ['LIVE', 'STANDBY'] } }] },
    },
  } as const satisfies Prisma.UploadWhereInput;
  const found = await db.upload.findMany({ where: over, orderBy: { expiresAt: 'asc' }, take: most });
  for (const upload of found) {
    // Asked for meanwhile, it stays. The row goes when the archive has gone: what a crash leaves, the next turn removes.
    await db.$transaction(async (tx) => {
      const { count } = await tx.upload.deleteMany({ where: { id: upload.id, ...over } });
      if (count === 1) await blobs.remove(uploadBlobKey(upload));
    });
  }
}
