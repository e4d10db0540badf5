-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "variablesVersion" INTEGER;

-- AlterTable
ALTER TABLE "Environment" ADD COLUMN     "resizeAfter" TIMESTAMPTZ(3),
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "cpuMillicores" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "memoryBytes" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Process" ADD COLUMN     "chosenCpuMillicores" INTEGER,
ADD COLUMN     "chosenMemoryBytes" BIGINT;

-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "sliceWhenDeleted" JSONB;

-- CreateTable
CREATE TABLE "VariablesVersion" (
    "environmentId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "set" TEXT[],
    "removed" TEXT[],
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VariablesVersion_pkey" PRIMARY KEY ("environmentId","version")
);

-- CreateIndex
CREATE INDEX "Project_deletesAt_idx" ON "Project"("deletesAt");

-- AddForeignKey
ALTER TABLE "ProjectSettingsVersion" ADD CONSTRAINT "ProjectSettingsVersion_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VariablesVersion" ADD CONSTRAINT "VariablesVersion_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VariablesVersion" ADD CONSTRAINT "VariablesVersion_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;


-- Instances run with what their process had until now.
UPDATE "Instance" SET "memoryBytes" = "Process"."memoryBytes", "cpuMillicores" = "Process"."cpuMillicores"
    FROM "Process" WHERE "Process"."id" = "Instance"."processId";

-- What is live was started with the variables of its time; from here on it is known which.
UPDATE "Deployment" SET "variablesVersion" = "Environment"."variablesVersion"
    FROM "Environment" WHERE "Environment"."liveDeploymentId" = "Deployment"."id";

-- Projects go to sleep as their plan has it for new ones.
UPDATE "Project" SET "settings" = "Project"."settings" || jsonb_build_object('autoSleepMinutes', "Plan"."autoSleepMinutes")
    FROM "Organization" JOIN "Plan" ON "Plan"."id" = "Organization"."planId"
    WHERE "Organization"."id" = "Project"."organizationId" AND NOT "Project"."settings" ? 'autoSleepMinutes';
UPDATE "ProjectSettingsVersion" SET "settings" = "Project"."settings"
    FROM "Project"
    WHERE "Project"."id" = "ProjectSettingsVersion"."projectId"
      AND "Project"."settingsVersion" = "ProjectSettingsVersion"."version";
