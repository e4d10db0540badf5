-- AlterTable
ALTER TABLE "Overage" ADD COLUMN     "priceMinor" INTEGER,
ADD COLUMN     "priceCurrency" TEXT;

-- Nobody knows at which price these were agreed on: their owners decide anew.
UPDATE "Overage" SET "capGigabytes" = NULL;

-- What may be charged was agreed on with its price.
ALTER TABLE "Overage" ADD CONSTRAINT "Overage_capGigabytes_has_price" CHECK ("capGigabytes" IS NULL OR ("priceMinor" IS NOT NULL AND "priceCurrency" IS NOT NULL));
