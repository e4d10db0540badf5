-- Who was a customer before this was written down counts as one for tests: with a live key they get another.
ALTER TABLE "Billing"
    ADD COLUMN "isLive" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "triedAt" TIMESTAMPTZ(3);

ALTER TABLE "Billing" ALTER COLUMN "isLive" DROP DEFAULT;
