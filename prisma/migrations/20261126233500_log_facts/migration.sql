-- AlterTable
ALTER TABLE "LogChunk" ADD COLUMN     "bytes" INTEGER,
ADD COLUMN     "deploymentIds" TEXT[],
ADD COLUMN     "firstAt" TIMESTAMPTZ(3),
ADD COLUMN     "lastAt" TIMESTAMPTZ(3),
ADD COLUMN     "levels" INTEGER;

-- CreateIndex
CREATE INDEX "LogChunk_streamId_createdAt_idx" ON "LogChunk"("streamId", "createdAt");
