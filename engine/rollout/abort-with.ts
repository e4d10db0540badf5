import type { RolloutReason } from '@apployd/core/rollout';
import type { Transaction } from '@apployd/prisma/create-db';

/** As what a deployment ends that does not go live, and why where more is known of it. */
export type OverAs = { readonly status: 'FAILED' | 'CANCELED' | 'SUPERSEDED'; readonly sentence?: string };

/**
 * A rollout is aborted with its deployment, one that was promoted too: from then on routes give it no share. Nothing where it
 * was aborted before, or where there is none.
 */
export async function abortWith(tx: Transaction, deploymentId: string, { status, sentence }: OverAs): Promise<void> {
  const why = { reason: status satisfies RolloutReason, sentence: sentence ?? sentences[status] };
  await tx.rollout.updateMany({
    where: { deploymentId, OR: [{ verdict: null }, { verdict: { not: 'ABORTED' } }] },
    data: { verdict: 'ABORTED', ...why, decidedAt: new Date(), decidedById: null },
  });
}

const sentences = {
  FAILED: 'The deployment failed.',
  CANCELED: 'The deployment was cancelled.',
  SUPERSEDED: 'A newer deployment came.',
} as const;
