import type { Certificate } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import type { Context } from '../context.js';

const shown = {
  ...{ status: true, notAfter: true, failureCode: true, failureReason: true },
  ...{ attempts: true, nextAttemptAt: true },
} as const;

type Shown = Pick<Certificate, keyof typeof shown>;

/** That of a name, which is read together with those of other names that are asked for at the same moment. */
export function certificateOf({ db }: Context, hostname: string): Promise<Shown | null> {
  return db.certificate.findUnique({ where: { hostname }, select: shown });
}

/** What was ordered for an organization on the day of `now`, in UTC: one look for all its domains that are asked for at the same moment. */
export async function ordersOf({ db }: Context, organizationId: string, now: Date): Promise<number> {
  const day = new Date(now.toISOString().slice(0, 10));
  const where = { organizationId_day: { organizationId, day } };
  return (await db.certificateOrders.findUnique({ where, select: { orders: true } }))?.orders ?? 0;
}

const CertificateStatus = builder.enumType('CertificateStatus', {
  description: 'Whether a domain has a certificate.',
  values: {
    PENDING: { description: 'It is to be ordered.' },
    ISSUED: { description: 'It serves, and is renewed by itself.' },
    FAILED: { description: 'There is none: the last attempt failed.' },
  } as const,
});

export const CertificateRef = builder.objectRef<Shown>('Certificate').implement({
  description: 'The certificate with which a domain is served over HTTPS.',
  fields: (t) => ({
    status: t.field({ type: CertificateStatus, resolve: ({ status }) => status }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when it is valid; null while there is none.',
      resolve: ({ notAfter }) => notAfter,
    }),
    problemCode: t.string({
      nullable: true,
      description: 'Why the last attempt to order or to renew it failed; null: it did not.',
      resolve: ({ failureCode }) => failureCode,
    }),
    problemMessage: t.string({
      nullable: true,
      description: 'The same as a sentence that says what to do.',
      resolve: ({ failureReason }) => failureReason,
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      description: 'When it is ordered or renewed next.',
      resolve: ({ nextAttemptAt }) => nextAttemptAt,
    }),
  }),
});
