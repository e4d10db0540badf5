-- Logs that were never ended are looked for again and again: few of all there are.
CREATE INDEX "LogStream_open" ON "LogStream" ("id") WHERE "endedAt" IS NULL;
