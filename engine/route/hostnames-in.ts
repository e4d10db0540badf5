import type { Prisma } from '@apployd/prisma/generated/client/client';

/** What is read of an environment to know its host names. */
export const hostnamesSelect = {
  hostname: true,
  domains: { where: { verifiedAt: { not: null } }, orderBy: { name: 'asc' }, select: { name: true } },
} as const satisfies Prisma.EnvironmentSelect;

type Named = Prisma.EnvironmentGetPayload<{ select: typeof hostnamesSelect }>;

/** All host names whose visitors are an environment's: the platform's own for it first, then the domains that it holds. */
export const hostnamesIn = ({ hostname, domains }: Named): readonly [string, ...string[]] => [
  hostname,
  ...domains.map(({ name }) => name),
];
