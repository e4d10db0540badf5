CREATE TABLE "UsageHour" (
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "environmentId" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "bytesIn" BIGINT NOT NULL DEFAULT 0,
    "bytesOut" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "UsageHour_pkey" PRIMARY KEY ("environmentId", "hour")
);

CREATE INDEX "UsageHour_projectId_hour_idx" ON "UsageHour"("projectId", "hour");
CREATE INDEX "UsageHour_organizationId_hour_idx" ON "UsageHour"("organizationId", "hour");
CREATE INDEX "UsageHour_hour_idx" ON "UsageHour"("hour");

CREATE TABLE "UsageMonth" (
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "month" DATE NOT NULL,
    "bytesIn" BIGINT NOT NULL DEFAULT 0,
    "bytesOut" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "UsageMonth_pkey" PRIMARY KEY ("organizationId", "month", "projectId")
);

CREATE TABLE "UsageSpool" (
    "id" UUID NOT NULL,
    "edgeName" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "handedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "UsageSpool_pkey" PRIMARY KEY ("id")
);
