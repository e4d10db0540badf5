-- Only ever observed: nobody wants it.
ALTER TYPE "EnvironmentState" ADD VALUE 'CRASHED';

ALTER TABLE "Environment" ADD COLUMN "restarts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "crashes" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "restartAfter" TIMESTAMPTZ(3),
ADD COLUMN "lastExit" JSONB;

ALTER TABLE "Instance" ADD COLUMN "unhealthySince" TIMESTAMPTZ(3);

CREATE INDEX "Environment_restartAfter_idx" ON "Environment"("restartAfter");
