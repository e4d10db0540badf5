-- Until now nobody wrote down who had visitors: all count as visited at this moment.
INSERT INTO "Activity" ("environmentId", "lastActiveAt")
SELECT "id", clock_timestamp() FROM "Environment"
ON CONFLICT ("environmentId") DO NOTHING;

-- Null for an edge that does not write down who has visitors.
ALTER TABLE "Edge" ADD COLUMN "reportedAt" TIMESTAMPTZ(3);
