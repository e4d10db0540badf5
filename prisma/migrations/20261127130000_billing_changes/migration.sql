-- CreateTable
CREATE TABLE "BillingChange" (
    "organizationId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "request" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "holder" UUID,
    "heldUntil" TIMESTAMPTZ(3) NOT NULL,
    "userId" UUID NOT NULL,
    "asked" JSONB NOT NULL,
    "promised" JSONB,
    "finishedAt" TIMESTAMPTZ(3),
    "madeAt" TIMESTAMPTZ(3),
    "madeByUserId" UUID,
    "made" JSONB,

    CONSTRAINT "BillingChange_pkey" PRIMARY KEY ("organizationId")
);

-- CreateIndex
CREATE INDEX "BillingChange_heldUntil_idx" ON "BillingChange"("heldUntil");

-- AddForeignKey
ALTER TABLE "BillingChange" ADD CONSTRAINT "BillingChange_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;


