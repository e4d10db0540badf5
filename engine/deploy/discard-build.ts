import { rm } from 'node:fs/promises';
import path from 'node:path';
import { triggersWithoutBuild } from '@apployd/core/deployment';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/**
 * Removes what a deployment fetched and built and never brought live, also what a killed worker left half-made.
 * The release that a rollback or a promotion brings live is not its own, and stays.
 */
export async function discardBuild(engine: Engine, { id, trigger }: Pick<Deployment, 'id' | 'trigger'>): Promise<void> {
  await rm(path.join(engine.settings.workFolder, id), { recursive: true, force: true });
  if (triggersWithoutBuild.includes(trigger)) return;
  await engine.builder.discard(id);
  await forgetRelease(engine, id);
}

async function forgetRelease(engine: Engine, deploymentId: string): Promise<void> {
  const { releaseId } = await engine.db.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: { releaseId: true },
  });
  if (releaseId) await engine.db.release.deleteMany({ where: { id: releaseId } });
}
