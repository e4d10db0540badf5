import type { DeploymentStageName } from '@apployd/core/deployment';
import type { Engine } from '../engine.js';
import { Overtaken, type Run } from './run.js';

/** Does one stage's work and keeps when it began and ended. Whoever was overtaken keeps nothing, and stops. */
export async function step<T>(engine: Engine, run: Run, name: DeploymentStageName, work: () => Promise<T>): Promise<T> {
  const { id } = run.deployment;
  if ((await begin(engine, run, name)) === 0) throw new Overtaken(id);
  engine.events.publish('deployment', id);
  const result = await work();
  if ((await finish(engine, run, name)) === 0) throw new Overtaken(id);
  engine.events.publish('deployment', id);
  return result;
}

function begin({ db, clock }: Engine, { deployment, fence }: Run, name: DeploymentStageName): Promise<number> {
  return db.$executeRaw`
    INSERT INTO "DeploymentStep" ("deploymentId", "organizationId", "name", "startedAt")
    SELECT "id", "organizationId", ${name}::"DeploymentStageName", ${clock.now()}
    FROM "Deployment" WHERE "id" = ${deployment.id}::uuid AND "fence" = ${fence} FOR SHARE
    ON CONFLICT ("deploymentId", "name") DO UPDATE SET "startedAt" = excluded."startedAt", "finishedAt" = NULL`;
}

function finish({ db, clock }: Engine, { deployment, fence }: Run, name: DeploymentStageName): Promise<number> {
  return db.$executeRaw`
    WITH claimed AS (
      SELECT "id" FROM "Deployment" WHERE "id" = ${deployment.id}::uuid AND "fence" = ${fence} FOR SHARE)
    UPDATE "DeploymentStep" AS step SET "finishedAt" = ${clock.now()}
    FROM claimed WHERE step."deploymentId" = claimed."id" AND step."name" = ${name}::"DeploymentStageName"`;
}
