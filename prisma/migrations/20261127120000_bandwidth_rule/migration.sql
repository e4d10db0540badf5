CREATE TYPE "BandwidthRule" AS ENUM ('THROTTLE', 'STOP');
CREATE TYPE "BandwidthReason" AS ENUM ('SLICE', 'POOL');

ALTER TABLE "Plan" ADD COLUMN "bandwidthRule" "BandwidthRule" NOT NULL DEFAULT 'STOP',
ADD COLUMN "throttleBytesPerSecond" INTEGER NOT NULL DEFAULT 131072;

-- Who pays is slowed down; the operator edits it.
UPDATE "Plan" SET "bandwidthRule" = 'THROTTLE', "throttleBytesPerSecond" = rate."bytesPerSecond"
FROM (VALUES ('HOBBY', 256 << 10), ('PRO', 1 << 20), ('BUSINESS', 4 << 20)) AS rate("code", "bytesPerSecond")
WHERE "Plan"."code" = rate."code";

ALTER TABLE "Route" ADD COLUMN "bandwidth" JSONB;
ALTER TABLE "UsageMonth" ADD COLUMN "bytesBeyond" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "ProjectBandwidthLimit" (
    "projectId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "reason" "BandwidthReason" NOT NULL,
    "limit" JSONB NOT NULL,
    "bytesOutBefore" BIGINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "toldAt" TIMESTAMPTZ(3),

    CONSTRAINT "ProjectBandwidthLimit_pkey" PRIMARY KEY ("projectId")
);

CREATE INDEX "ProjectBandwidthLimit_organizationId_idx" ON "ProjectBandwidthLimit"("organizationId");

ALTER TABLE "ProjectBandwidthLimit" ADD CONSTRAINT "ProjectBandwidthLimit_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
