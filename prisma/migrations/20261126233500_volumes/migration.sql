-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "stopsFirst" BOOLEAN;

-- CreateTable
CREATE TABLE "Volume" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "environmentId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "mountPath" TEXT NOT NULL,
    "serverId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletesAt" TIMESTAMPTZ(3),

    CONSTRAINT "Volume_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Volume_deletesAt_idx" ON "Volume"("deletesAt");

-- CreateIndex
CREATE UNIQUE INDEX "Volume_environmentId_name_key" ON "Volume"("environmentId", "name");

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_serverId_fkey" FOREIGN KEY ("serverId") REFERENCES "Server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
