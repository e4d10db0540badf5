-- AlterTable
ALTER TABLE "BillingChange" ADD COLUMN "inputHash" TEXT NOT NULL DEFAULT '';
