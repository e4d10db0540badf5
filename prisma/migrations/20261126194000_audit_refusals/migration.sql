-- Refused attempts stand in the audit log too. Null, as in all entries so far: it was done.
ALTER TABLE "AuditEvent" ADD COLUMN "refusal" TEXT;
