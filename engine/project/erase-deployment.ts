import { buildLogOf } from '@apployd/core/log-line';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { discardBuild } from '../deploy/discard-build.js';
import type { Engine } from '../engine.js';

/** What it fetched and built, its release and its build log; then its row. Nothing of it runs any more. */
export const eraseDeployment =
  (engine: Engine) =>
  async (deployment: Pick<Deployment, 'id' | 'trigger'>): Promise<void> => {
    await discardBuild(engine, deployment);
    await engine.logs.remove(buildLogOf(deployment.id));
    await engine.db.deployment.deleteMany({ where: { id: deployment.id } });
  };
