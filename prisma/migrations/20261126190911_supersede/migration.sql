-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "supersededById" UUID;

-- CreateIndex
CREATE INDEX "Deployment_supersededById_idx" ON "Deployment"("supersededById");

-- AddForeignKey
ALTER TABLE "Deployment" ADD CONSTRAINT "Deployment_supersededById_fkey" FOREIGN KEY ("supersededById") REFERENCES "Deployment"("id") ON DELETE SET NULL ON UPDATE CASCADE;
