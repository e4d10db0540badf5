ALTER TYPE "DeploymentStageName" ADD VALUE 'RELEASE' BEFORE 'START';

ALTER TABLE "Instance" ADD COLUMN "isReleaseCommand" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "ReleaseCommandRun" (
    "releaseId" UUID NOT NULL,
    "environmentId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "finishedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ReleaseCommandRun_pkey" PRIMARY KEY ("releaseId","environmentId")
);

CREATE INDEX "ReleaseCommandRun_environmentId_idx" ON "ReleaseCommandRun"("environmentId");

ALTER TABLE "ReleaseCommandRun" ADD CONSTRAINT "ReleaseCommandRun_releaseId_fkey" FOREIGN KEY ("releaseId") REFERENCES "Release"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ReleaseCommandRun" ADD CONSTRAINT "ReleaseCommandRun_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
