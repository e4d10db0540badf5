ALTER TABLE "Instance"
    ADD COLUMN "usedAt" TIMESTAMPTZ(3),
    ADD COLUMN "usedMemoryBytes" BIGINT,
    ADD COLUMN "usedCpuMillicores" INTEGER,
    ADD COLUMN "usedCpuMs" BIGINT;

ALTER TABLE "UsageHour"
    ADD COLUMN "memoryByteSeconds" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "cpuMs" BIGINT NOT NULL DEFAULT 0;
