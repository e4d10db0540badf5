-- What somebody has stopped stays so when its project or environment is deleted and brought back.
ALTER TABLE "Environment" ADD COLUMN "stoppedByHand" BOOLEAN NOT NULL DEFAULT false;
UPDATE "Environment" SET "stoppedByHand" = true
WHERE "desiredState" = 'STOPPED' AND "stateReason" LIKE 'It was stopped by hand%';
