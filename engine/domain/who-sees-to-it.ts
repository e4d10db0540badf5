import { organizationRoles, roleMay } from '@apployd/core/access';
import type { Transaction } from '@apployd/prisma/create-db';

const most = 50;
const roles = organizationRoles.filter((role) => roleMay(role, 'domain:recheck'));

/** The addresses of those who may see to an organization's domains. */
export async function whoSeesToDomains(tx: Transaction, organizationId: string): Promise<readonly string[]> {
  const members = await tx.membership.findMany({
    where: { organizationId, role: { in: roles } },
    orderBy: { createdAt: 'asc' },
    take: most,
    select: { user: { select: { email: true } } },
  });
  return members.map(({ user }) => user.email);
}

/** The addresses of those who run the platform. */
export async function operators(tx: Transaction): Promise<readonly string[]> {
  const users = await tx.user.findMany({
    where: { isOperator: true },
    orderBy: { createdAt: 'asc' },
    take: most,
    select: { email: true },
  });
  return users.map(({ email }) => email);
}
