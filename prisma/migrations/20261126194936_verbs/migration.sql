-- AlterEnum
ALTER TYPE "DeploymentTrigger" ADD VALUE 'PROMOTE';

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "promotedFromId" UUID;

-- AlterTable
ALTER TABLE "Environment" ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "Deployment_promotedFromId_idx" ON "Deployment"("promotedFromId");

-- AddForeignKey
ALTER TABLE "Deployment" ADD CONSTRAINT "Deployment_promotedFromId_fkey" FOREIGN KEY ("promotedFromId") REFERENCES "Deployment"("id") ON DELETE SET NULL ON UPDATE CASCADE;
