-- CreateEnum
CREATE TYPE "BillingStatus" AS ENUM ('INCOMPLETE', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED');

-- CreateEnum
CREATE TYPE "BillingInterval" AS ENUM ('MONTH', 'YEAR');

-- AlterTable
ALTER TABLE "Organization" ADD COLUMN     "suspendedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Plan" ADD COLUMN     "monthlyPriceMinor" INTEGER,
ADD COLUMN     "priceCurrency" TEXT,
ADD COLUMN     "yearlyPriceMinor" INTEGER;

-- CreateTable
CREATE TABLE "Billing" (
    "organizationId" UUID NOT NULL,
    "customerId" TEXT NOT NULL,
    "subscriptionId" TEXT,
    "status" "BillingStatus",
    "planCode" TEXT,
    "interval" "BillingInterval",
    "currentPeriodStart" TIMESTAMPTZ(3),
    "currentPeriodEnd" TIMESTAMPTZ(3),
    "trialEndsAt" TIMESTAMPTZ(3),
    "cancelAt" TIMESTAMPTZ(3),
    "formerPlanCode" TEXT,
    "scheduledPlanCode" TEXT,
    "scheduledInterval" "BillingInterval",
    "unpaidSince" TIMESTAMPTZ(3),
    "overLimitSince" TIMESTAMPTZ(3),
    "unpaidWarnings" INTEGER NOT NULL DEFAULT 0,
    "overLimitWarnings" INTEGER NOT NULL DEFAULT 0,
    "settledAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Billing_pkey" PRIMARY KEY ("organizationId")
);

-- CreateTable
CREATE TABLE "WebhookEvent" (
    "id" UUID NOT NULL,
    "externalId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "isLive" BOOLEAN NOT NULL,
    "customerId" TEXT,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processedAt" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "WebhookEvent_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Billing_customerId_key" ON "Billing"("customerId");

-- CreateIndex
CREATE UNIQUE INDEX "Billing_subscriptionId_key" ON "Billing"("subscriptionId");

-- CreateIndex
CREATE INDEX "Billing_unpaidSince_idx" ON "Billing"("unpaidSince");

-- CreateIndex
CREATE INDEX "Billing_overLimitSince_idx" ON "Billing"("overLimitSince");

-- CreateIndex
CREATE UNIQUE INDEX "WebhookEvent_externalId_key" ON "WebhookEvent"("externalId");

-- CreateIndex
CREATE INDEX "WebhookEvent_processedAt_idx" ON "WebhookEvent"("processedAt");

-- AddForeignKey
ALTER TABLE "Billing" ADD CONSTRAINT "Billing_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;


