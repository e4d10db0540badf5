-- DropIndex
DROP INDEX "Deployment_organizationId_idx";

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "slotAt" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "slots" INTEGER NOT NULL DEFAULT 4;

-- CreateIndex
CREATE INDEX "Deployment_organizationId_slotAt_idx" ON "Deployment"("organizationId", "slotAt" DESC);

-- What was worked on before there were slots had one.
UPDATE "Deployment" SET "slotAt" = "startedAt" WHERE "startedAt" IS NOT NULL;
