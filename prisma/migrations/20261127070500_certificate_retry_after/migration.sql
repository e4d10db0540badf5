-- AlterTable
ALTER TABLE "Certificate" ADD COLUMN "retryAfter" TIMESTAMPTZ(3);
