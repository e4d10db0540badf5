-- AlterTable
ALTER TABLE "ApiToken" ADD COLUMN     "madeByTokenId" UUID;

-- CreateIndex
CREATE INDEX "ApiToken_madeByTokenId_idx" ON "ApiToken"("madeByTokenId");

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_madeByTokenId_fkey" FOREIGN KEY ("madeByTokenId") REFERENCES "ApiToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;


