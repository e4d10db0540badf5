-- What was told already is taken as told of the present pool.
ALTER TABLE "BandwidthWarning" ADD COLUMN "bandwidthBytes" BIGINT NOT NULL DEFAULT 0;
UPDATE "BandwidthWarning" warning SET "bandwidthBytes" = plan."bandwidthBytesPerMonth"
FROM "Organization" organization JOIN "Plan" plan ON plan."id" = organization."planId"
WHERE organization."id" = warning."organizationId";
ALTER TABLE "BandwidthWarning" ALTER COLUMN "bandwidthBytes" DROP DEFAULT;
ALTER TABLE "BandwidthWarning" DROP CONSTRAINT "BandwidthWarning_pkey";
ALTER TABLE "BandwidthWarning" ADD CONSTRAINT "BandwidthWarning_pkey" PRIMARY KEY ("organizationId", "month", "bandwidthBytes", "percent");
