import { setTimeout as sleep } from 'node:timers/promises';
import { idOf } from '@apployd/core/id';
import type { Scene } from './a-scene.js';

const lookAgainMs = 100;
const deadlineMs = 60_000;

/** Promotes a rollout, as soon as what was struck is back far enough to be asked. */
export async function promote({ platform, db }: Scene, id: string): Promise<void> {
  const { deployments } = platform.apployd;
  const where = { deploymentId: idOf('Deployment', id) ?? '', verdict: 'PROMOTED' } as const;
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const error: unknown = await deployments.promoteRollout(id).then(
      () => null,
      (cause: unknown) => cause,
    );
    // An answer may have been lost, and what it was about be done.
    if (error === null || (await db.rollout.count({ where }).catch(() => 0)) > 0) return;
    if (Date.now() > deadline) throw error;
    await sleep(lookAgainMs);
  }
}
