-- What buckets held is not worth keeping: they are full again within minutes.
DROP TABLE "RateLimit";

CREATE UNLOGGED TABLE "RateLimit" (
    "key" TEXT NOT NULL,
    "fullAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "RateLimit_pkey" PRIMARY KEY ("key")
);

CREATE INDEX "RateLimit_fullAt_idx" ON "RateLimit"("fullAt");
