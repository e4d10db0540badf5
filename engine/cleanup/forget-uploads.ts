import { activeStatuses } from '@apployd/core/deployment';
import { uploadBlobKey } from '@apployd/core/upload';
import type { Engine } from '../engine.js';

const most = 500;

/** Removes archives whose time is over, but those of deployments that are at work or can still be gone back to. */
export async function forgetUploads({ db, blobs, clock }: Pick<Engine, 'db' | 'blobs' | 'clock'>): Promise<void> {
  const over = await db.upload.findMany({
    where: {
      expiresAt: { lt: clock.now() },
      deployments: {
        none: { OR: [{ status: { in: [...activeStatuses] } }, { serving: { in: ['LIVE', 'STANDBY'] } }] },
      },
    },
    orderBy: { expiresAt: 'asc' },
    take: most,
  });
  for (const upload of over) {
    // The row first: whoever asks for it from now on is told to upload it again.
    const { count } = await db.upload.deleteMany({ where: { id: upload.id } });
    if (count === 1) await blobs.remove(uploadBlobKey(upload));
  }
}
