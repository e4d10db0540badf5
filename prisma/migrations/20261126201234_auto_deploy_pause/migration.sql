-- AlterTable
ALTER TABLE "Environment" ADD COLUMN     "autoDeployPausedAt" TIMESTAMPTZ(3),
ADD COLUMN     "autoDeployPausedReason" TEXT;
