ALTER TYPE "InstanceState" ADD VALUE 'ASLEEP';

ALTER TABLE "Environment" ADD COLUMN "asleepSince" TIMESTAMPTZ(3),
ADD COLUMN "wokenAt" TIMESTAMPTZ(3),
ADD COLUMN "wakeAskedAt" TIMESTAMPTZ(3),
ADD COLUMN "keepAwakeUntil" TIMESTAMPTZ(3);

-- What is to fall asleep, or to wake, is looked for again and again: few of all there are.
CREATE INDEX "Environment_to_sleep_or_wake" ON "Environment" ("id")
WHERE "desiredState" <> "observedState" OR "wakeAskedAt" IS NOT NULL;

ALTER TABLE "Route" ADD COLUMN "asleep" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "Activity" (
    "environmentId" UUID NOT NULL,
    "lastActiveAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Activity_pkey" PRIMARY KEY ("environmentId")
);

CREATE TABLE "Wake" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "environmentId" UUID NOT NULL,
    "depth" "EnvironmentState" NOT NULL,
    "tookMs" INTEGER NOT NULL,
    "wokenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Wake_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "Wake_environmentId_depth_wokenAt_idx" ON "Wake"("environmentId", "depth", "wokenAt" DESC);

ALTER TABLE "Activity" ADD CONSTRAINT "Activity_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Wake" ADD CONSTRAINT "Wake_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
