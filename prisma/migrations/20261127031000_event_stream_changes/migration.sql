-- Which projects of an organization something happened in lately.
ALTER TABLE "EventStream" ADD COLUMN "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT now();
CREATE INDEX "EventStream_organizationId_changedAt_idx" ON "EventStream" ("organizationId", "changedAt");
