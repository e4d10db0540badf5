-- CreateTable
CREATE TABLE "ScheduledWork" (
    "name" TEXT NOT NULL,
    "everyMs" INTEGER NOT NULL,
    "nextRunAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fence" BIGINT NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "ScheduledWork_pkey" PRIMARY KEY ("name")
);
