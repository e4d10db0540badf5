-- CreateTable
CREATE TABLE "Overage" (
    "organizationId" UUID NOT NULL,
    "capGigabytes" INTEGER,
    "month" DATE NOT NULL,
    "seenBytes" BIGINT NOT NULL DEFAULT 0,
    "overBytes" BIGINT NOT NULL DEFAULT 0,
    "reportedGigabytes" INTEGER NOT NULL DEFAULT 0,
    "countedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Overage_pkey" PRIMARY KEY ("organizationId")
);

-- CreateTable
CREATE TABLE "OverageReport" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "customerId" TEXT NOT NULL,
    "isLive" BOOLEAN NOT NULL,
    "gigabytes" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "triedAt" TIMESTAMPTZ(3),
    "sentAt" TIMESTAMPTZ(3),
    "givenUpAt" TIMESTAMPTZ(3),

    CONSTRAINT "OverageReport_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Overage_countedAt_idx" ON "Overage"("countedAt");

-- CreateIndex
CREATE INDEX "OverageReport_organizationId_idx" ON "OverageReport"("organizationId");

-- CreateIndex
CREATE INDEX "OverageReport_sentAt_givenUpAt_idx" ON "OverageReport"("sentAt", "givenUpAt");

-- AddForeignKey
ALTER TABLE "Overage" ADD CONSTRAINT "Overage_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;


