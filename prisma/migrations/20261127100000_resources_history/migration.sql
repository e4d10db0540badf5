CREATE TABLE "EnvironmentResourcesVersion" (
    "environmentId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "instances" INTEGER NOT NULL,
    "memoryBytes" BIGINT,
    "cpuMillicores" INTEGER,
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EnvironmentResourcesVersion_pkey" PRIMARY KEY ("environmentId", "version")
);

ALTER TABLE "EnvironmentResourcesVersion" ADD CONSTRAINT "EnvironmentResourcesVersion_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EnvironmentResourcesVersion" ADD CONSTRAINT "EnvironmentResourcesVersion_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What they have today is where the history of those that are there begins; who chose it is in the audit log.
INSERT INTO "EnvironmentResourcesVersion" ("environmentId", "organizationId", "version", "instances", "memoryBytes", "cpuMillicores")
SELECT environment."id", environment."organizationId", environment."version", process."desiredInstances", process."chosenMemoryBytes", process."chosenCpuMillicores"
FROM "Environment" environment JOIN "Process" process ON process."environmentId" = environment."id" AND process."name" = 'web';
