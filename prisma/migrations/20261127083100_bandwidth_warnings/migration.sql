CREATE INDEX "UsageMonth_month_idx" ON "UsageMonth"("month");

CREATE TABLE "BandwidthWarning" (
    "organizationId" UUID NOT NULL,
    "month" DATE NOT NULL,
    "percent" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BandwidthWarning_pkey" PRIMARY KEY ("organizationId", "month", "percent")
);
