ALTER TABLE "UsageSpool" ADD COLUMN "digest" TEXT;
