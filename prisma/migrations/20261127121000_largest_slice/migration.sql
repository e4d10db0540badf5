ALTER TABLE "UsageMonth" ADD COLUMN "mostSliceBytes" BIGINT,
ADD COLUMN "mostRestBytes" BIGINT;
