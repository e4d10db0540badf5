ALTER TABLE "Rollout" ADD COLUMN "stepSides" JSONB;
