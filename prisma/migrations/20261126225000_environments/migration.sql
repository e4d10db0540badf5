-- AlterTable
ALTER TABLE "Environment" ADD COLUMN     "deletesAt" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Environment_deletesAt_idx" ON "Environment"("deletesAt");
