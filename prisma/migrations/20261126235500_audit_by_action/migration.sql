-- What operators have done is looked for by what it was, in every organization and in none.
CREATE INDEX "AuditEvent_action_id_idx" ON "AuditEvent"("action", "id" DESC);
