import { Prisma } from '@apployd/prisma/generated/client/client';
import type { CertificateWork } from './certificate-work.js';

/** Names of the platform's own that need a certificate whatever is deployed. */
export function ownNames({ platformHostname, baseDomain, hasWildcard }: CertificateWork): readonly string[] {
  return hasWildcard ? [platformHostname, `*.${baseDomain}`] : [platformHostname];
}

/** Whether the wildcard does not serve this name already. */
export function isNotCovered({ baseDomain, hasWildcard }: CertificateWork, hostname: Prisma.Sql): Prisma.Sql {
  const tail = `.${baseDomain}`;
  return Prisma.sql`(NOT ${hasWildcard} OR ${hostname} <> split_part(${hostname}, '.', 1) || ${tail})`;
}

/** Whether this name is to have a certificate of its own. */
export function isWanted(work: CertificateWork, hostname: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${hostname} = ANY(${[...ownNames(work)]})
    OR (${isNotCovered(work, hostname)} AND ${leadsSomewhere(hostname)}))`;
}

/** Whether visitors of this name reach something, or would once it is awake. */
export function leadsSomewhere(hostname: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT 1 FROM "Route" AS route WHERE route."hostname" = ${hostname}
      AND (route."deploymentId" IS NOT NULL OR cardinality(route."targets") > 0))`;
}

/** Whether it is no customer's own name that leads elsewhere, as far as is known: an authority would only be asked in vain. */
export function isNotAstray(hostname: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (
    SELECT 1 FROM "Domain" AS domain WHERE domain."name" = ${hostname}
      AND domain."verifiedAt" IS NOT NULL AND domain."status" <> 'ACTIVE')`;
}
