-- CreateEnum
CREATE TYPE "DeploymentStageResult" AS ENUM ('SUCCEEDED', 'REUSED', 'FAILED', 'CANCELED', 'SUPERSEDED', 'INTERRUPTED');

-- AlterTable
ALTER TABLE "DeploymentStep" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "reason" TEXT,
ADD COLUMN     "reasonCode" TEXT,
ADD COLUMN     "result" "DeploymentStageResult";

-- What is over has succeeded, but for the stage in which its deployment ended otherwise.
UPDATE "DeploymentStep" SET "result" = 'SUCCEEDED' WHERE "finishedAt" IS NOT NULL;
UPDATE "DeploymentStep" AS step SET "result" = deployment."status"::text::"DeploymentStageResult",
  "reasonCode" = deployment."failureCode", "reason" = deployment."failureMessage"
FROM "Deployment" AS deployment
WHERE deployment."id" = step."deploymentId" AND deployment."status" IN ('FAILED', 'CANCELED', 'SUPERSEDED')
  AND step."name" = coalesce(deployment."failureStage",
    (SELECT max(last."name") FROM "DeploymentStep" AS last WHERE last."deploymentId" = step."deploymentId"));
