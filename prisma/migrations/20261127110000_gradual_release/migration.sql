-- The new value is used by no statement of this migration: it may be added in the same transaction.
ALTER TYPE "DeploymentStageName" ADD VALUE 'ROLLOUT' BEFORE 'SWITCH';

CREATE TYPE "RolloutVerdict" AS ENUM ('PROMOTED', 'ABORTED');

ALTER TABLE "Environment"
    ADD COLUMN "rollout" JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN "rolloutVersion" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "Deployment" ADD COLUMN "gradual" BOOLEAN;

ALTER TABLE "Route" ADD COLUMN "rollout" JSONB;

CREATE TABLE "Rollout" (
    "deploymentId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "environmentId" UUID NOT NULL,
    "formerId" UUID,
    "settings" JSONB NOT NULL,
    "step" INTEGER NOT NULL DEFAULT 0,
    "percent" INTEGER NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "nextAt" TIMESTAMPTZ(3) NOT NULL,
    "verdict" "RolloutVerdict",
    "reason" TEXT,
    "sentence" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "decidedById" UUID,

    CONSTRAINT "Rollout_pkey" PRIMARY KEY ("deploymentId")
);

CREATE TABLE "RolloutSide" (
    "deploymentId" UUID NOT NULL,
    "edgeId" UUID NOT NULL,
    "isNew" BOOLEAN NOT NULL,
    "errors" BIGINT NOT NULL,
    "latency" JSONB NOT NULL,

    CONSTRAINT "RolloutSide_pkey" PRIMARY KEY ("deploymentId", "edgeId", "isNew")
);

CREATE INDEX "Rollout_environmentId_idx" ON "Rollout"("environmentId");
CREATE INDEX "Rollout_verdict_idx" ON "Rollout"("verdict");

ALTER TABLE "Rollout" ADD CONSTRAINT "Rollout_deploymentId_fkey"
    FOREIGN KEY ("deploymentId") REFERENCES "Deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RolloutSide" ADD CONSTRAINT "RolloutSide_deploymentId_fkey"
    FOREIGN KEY ("deploymentId") REFERENCES "Rollout"("deploymentId") ON DELETE CASCADE ON UPDATE CASCADE;
