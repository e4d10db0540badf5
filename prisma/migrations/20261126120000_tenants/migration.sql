-- CreateEnum
CREATE TYPE "TokenScope" AS ENUM ('ORG_READ', 'ORG_WRITE', 'PROJECT_READ', 'PROJECT_WRITE', 'DEPLOY', 'VARIABLE_WRITE', 'LOG_READ', 'TOKEN_WRITE', 'AUDIT_READ');

-- CreateEnum
CREATE TYPE "AuditActorKind" AS ENUM ('USER', 'TOKEN', 'SYSTEM');

-- DropIndex
DROP INDEX "Variable_environmentId_key_key";

-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "deletesAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "isOperator" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "twoFactorEnabled" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Variable" ADD COLUMN     "fromVersion" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "untilVersion" INTEGER;
ALTER TABLE "Variable" ALTER COLUMN "fromVersion" DROP DEFAULT;

-- CreateTable
CREATE TABLE "TwoFactor" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "secret" TEXT NOT NULL,
    "backupCodes" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT true,
    "failedVerificationCount" INTEGER NOT NULL DEFAULT 0,
    "lockedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "TwoFactor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Plan" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "cpuMillicores" INTEGER NOT NULL,
    "bandwidthBytesPerMonth" BIGINT NOT NULL,
    "maxProjects" INTEGER NOT NULL,
    "maxConcurrentBuilds" INTEGER NOT NULL,
    "logRetentionDays" INTEGER NOT NULL,
    "autoSleepMinutes" INTEGER,
    "isSelectable" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OrganizationKey" (
    "organizationId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "sealedKey" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OrganizationKey_pkey" PRIMARY KEY ("organizationId","number")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "OrganizationRole" NOT NULL,
    "secretHash" BYTEA NOT NULL,
    "invitedById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID,
    "environmentId" UUID,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secretHash" BYTEA NOT NULL,
    "scopes" "TokenScope"[],
    "createdById" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "lastUsedIp" TEXT,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProjectSettingsVersion" (
    "projectId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "settings" JSONB NOT NULL,
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProjectSettingsVersion_pkey" PRIMARY KEY ("projectId","version")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" UUID NOT NULL,
    "organizationId" UUID,
    "actorKind" "AuditActorKind" NOT NULL,
    "userId" UUID,
    "tokenId" UUID,
    "action" TEXT NOT NULL,
    "targetId" TEXT,
    "ip" TEXT,
    "userAgent" TEXT,
    "requestId" TEXT NOT NULL,
    "changes" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Mail" (
    "id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RateLimit" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "RateLimit_pkey" PRIMARY KEY ("key")
);

-- The plans to begin with; the operator edits them.
INSERT INTO "Plan" ("id", "code", "name", "position", "memoryBytes", "cpuMillicores", "bandwidthBytesPerMonth",
                    "maxProjects", "maxConcurrentBuilds", "logRetentionDays", "autoSleepMinutes", "updatedAt") VALUES
    ('01900000-0000-7000-8000-000000000001', 'FREE', 'Free', 1, 1::bigint << 30, 1000, 100::bigint << 30, 3, 1, 3, 15, now()),
    ('01900000-0000-7000-8000-000000000002', 'HOBBY', 'Hobby', 2, 4::bigint << 30, 4000, 1::bigint << 40, 10, 2, 7, NULL, now()),
    ('01900000-0000-7000-8000-000000000003', 'PRO', 'Pro', 3, 16::bigint << 30, 16000, 5::bigint << 40, 50, 5, 30, NULL, now()),
    ('01900000-0000-7000-8000-000000000004', 'BUSINESS', 'Business', 4, 128::bigint << 30, 64000, 20::bigint << 40, 500, 20, 90, NULL, now());

-- Whoever is here already gets the smallest plan that holds the pool they had.
ALTER TABLE "Organization" ADD COLUMN "planId" UUID;
UPDATE "Organization" SET "planId" = COALESCE(
    (SELECT "Plan"."id" FROM "Plan"
     WHERE "memoryBytes" >= "poolMemoryBytes" AND "cpuMillicores" >= "poolCpuMillicores"
       AND "Plan"."bandwidthBytesPerMonth" >= "poolBandwidthBytesPerMonth"
     ORDER BY "position" LIMIT 1),
    '01900000-0000-7000-8000-000000000004');
ALTER TABLE "Organization" ALTER COLUMN "planId" SET NOT NULL,
    DROP COLUMN "poolBandwidthBytesPerMonth",
    DROP COLUMN "poolCpuMillicores",
    DROP COLUMN "poolMemoryBytes";

-- The first account of an installation is the operator's.
UPDATE "User" SET "isOperator" = true WHERE "id" = (SELECT "id" FROM "User" ORDER BY "createdAt", "id" LIMIT 1);

INSERT INTO "ProjectSettingsVersion" ("projectId", "organizationId", "version", "settings", "createdAt")
    SELECT "id", "organizationId", "settingsVersion", "settings", "createdAt" FROM "Project";

-- CreateIndex
CREATE INDEX "TwoFactor_userId_idx" ON "TwoFactor"("userId");

-- CreateIndex
CREATE INDEX "TwoFactor_secret_idx" ON "TwoFactor"("secret");

-- CreateIndex
CREATE UNIQUE INDEX "Plan_code_key" ON "Plan"("code");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_secretHash_key" ON "Invitation"("secretHash");

-- CreateIndex
CREATE INDEX "Invitation_organizationId_createdAt_idx" ON "Invitation"("organizationId", "createdAt");

-- CreateIndex
CREATE INDEX "Invitation_email_idx" ON "Invitation"("email");

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_secretHash_key" ON "ApiToken"("secretHash");

-- CreateIndex
CREATE INDEX "ApiToken_organizationId_createdAt_idx" ON "ApiToken"("organizationId", "createdAt");

-- CreateIndex
CREATE INDEX "ApiToken_createdById_idx" ON "ApiToken"("createdById");

-- CreateIndex
CREATE INDEX "AuditEvent_organizationId_id_idx" ON "AuditEvent"("organizationId", "id" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_userId_id_idx" ON "AuditEvent"("userId", "id" DESC);

-- CreateIndex
CREATE INDEX "Mail_nextAttemptAt_idx" ON "Mail"("nextAttemptAt");

-- CreateIndex
CREATE INDEX "RateLimit_expire_idx" ON "RateLimit"("expire");

-- CreateIndex
CREATE INDEX "Organization_planId_idx" ON "Organization"("planId");

-- CreateIndex
CREATE UNIQUE INDEX "Variable_environmentId_key_fromVersion_key" ON "Variable"("environmentId", "key", "fromVersion");

-- AddForeignKey
ALTER TABLE "TwoFactor" ADD CONSTRAINT "TwoFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Organization" ADD CONSTRAINT "Organization_planId_fkey" FOREIGN KEY ("planId") REFERENCES "Plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OrganizationKey" ADD CONSTRAINT "OrganizationKey_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_invitedById_fkey" FOREIGN KEY ("invitedById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectSettingsVersion" ADD CONSTRAINT "ProjectSettingsVersion_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- A key has one value at a time.
CREATE UNIQUE INDEX "Variable_one_today" ON "Variable" ("environmentId", "key") WHERE "untilVersion" IS NULL;

-- What was audited stays as it is, and stays for its time.
CREATE FUNCTION "refuseAuditChange"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD."createdAt" < now() - interval '400 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only.';
END $$;
CREATE TRIGGER "AuditEvent_append_only" BEFORE UPDATE OR DELETE ON "AuditEvent"
    FOR EACH ROW EXECUTE FUNCTION "refuseAuditChange"();
CREATE TRIGGER "AuditEvent_no_truncate" BEFORE TRUNCATE ON "AuditEvent"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuseAuditChange"();
