import { dayMs, type BillingInterval, type BillingStatus } from '@apployd/core/billing';
import { invoiceStatuses, type Invoice, type InvoicePage } from '@apployd/backplane/payments/payments';
import { Refusal } from '@apployd/core/refusal';
import type { Billing, Organization, Overage, Plan } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { mayLook, ownMembership } from '../organization/own-membership.js';
import { OrganizationNode } from '../organization/schema.js';
import { MoneyRef } from './money.js';
import { trialDaysOf } from './trial.js';
import { BillingOverageRef, overageOf } from './overage.js';

export const BillingIntervalRef = builder.enumType('BillingInterval', {
  description: 'How long one payment is for.',
  values: { MONTH: {}, YEAR: {} } as const satisfies Record<BillingInterval, object>,
});

const BillingStatusRef = builder.enumType('BillingStatus', {
  description: 'How a subscription is.',
  values: {
    INCOMPLETE: { description: 'Its first payment is still to be made.' },
    TRIALING: { description: 'Nothing is to be paid yet.' },
    ACTIVE: {},
    PAST_DUE: { description: 'A payment is owed.' },
    PAUSED: {
      description:
        'The trial is over, and nobody has said how it is to be paid; or its payments are not collected at Stripe.',
    },
    CANCELED: {},
  } as const satisfies Record<BillingStatus, object>,
});

const InvoiceStatusRef = builder.enumType('InvoiceStatus', {
  description: 'How an invoice is.',
  values: Object.fromEntries(invoiceStatuses.map((status) => [status, {}])) as Record<
    (typeof invoiceStatuses)[number],
    object
  >,
});

const InvoiceRef = builder.objectRef<Invoice>('Invoice').implement({
  description: 'What was, or is to be, paid.',
  fields: (t) => ({
    id: t.exposeString('id'),
    number: t.exposeString('number', { nullable: true, description: 'Null as long as it is a draft.' }),
    status: t.field({ type: InvoiceStatusRef, resolve: ({ status }) => status }),
    total: t.field({ type: MoneyRef, resolve: ({ total }) => total }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    periodStart: t.expose('periodStart', { type: 'DateTime' }),
    periodEnd: t.expose('periodEnd', { type: 'DateTime' }),
    url: t.exposeString('url', { nullable: true, description: 'Where it can be looked at, and paid.' }),
    pdfUrl: t.exposeString('pdfUrl', { nullable: true }),
  }),
});

const InvoiceListRef = builder.objectRef<InvoicePage>('InvoiceList').implement({
  description: 'Some invoices, the newest first.',
  fields: (t) => ({
    invoices: t.field({ type: [InvoiceRef], resolve: ({ invoices }) => [...invoices] }),
    hasMore: t.exposeBoolean('hasMore', { description: 'There are older ones: ask with the last id as `after`.' }),
  }),
});

type Scene = {
  readonly row: Billing | null;
  readonly suspendedAt: Date | null;
  readonly overage: Awaited<ReturnType<typeof overageOf>>;
};

const BillingRef = builder.objectRef<Scene>('Billing').implement({
  description: 'What an organization pays for, as Stripe said when it was looked at last.',
  fields: (t) => ({
    isConfigured: t.boolean({
      description: 'Plans can be bought here. Where not, the operator gives them.',
      resolve: (_scene, _args, { payments }) => payments !== null,
    }),
    status: t.field({
      type: BillingStatusRef,
      nullable: true,
      description: 'Null: there never was a subscription.',
      resolve: ({ row }) => row?.status ?? null,
    }),
    planCode: t.string({ nullable: true, resolve: ({ row }) => row?.planCode ?? null }),
    interval: t.field({ type: BillingIntervalRef, nullable: true, resolve: ({ row }) => row?.interval ?? null }),
    currentPeriodStart: t.field({ ...date, resolve: ({ row }) => row?.currentPeriodStart ?? null }),
    currentPeriodEnd: t.field({ ...date, resolve: ({ row }) => row?.currentPeriodEnd ?? null }),
    trialEndsAt: t.field({ ...date, resolve: ({ row }) => row?.trialEndsAt ?? null }),
    trialDays: t.int({
      description: 'For so many days the first plan that is bought costs nothing. 0: none, or theirs was had.',
      resolve: ({ row }, _args, { payments, settings }) => (payments && !row?.status ? trialDaysOf(settings) : 0),
    }),
    cancelAt: t.field({
      ...date,
      description: 'It ends then, unless it is resumed.',
      resolve: ({ row }) => row?.cancelAt ?? null,
    }),
    scheduledPlanCode: t.string({
      nullable: true,
      description: 'What it becomes when the period ends.',
      resolve: ({ row }) => row?.scheduledPlanCode ?? null,
    }),
    scheduledInterval: t.field({
      type: BillingIntervalRef,
      nullable: true,
      resolve: ({ row }) => row?.scheduledInterval ?? null,
    }),
    unpaidSince: t.field({
      ...date,
      description: 'Since when a payment is owed.',
      resolve: ({ row }, _args, { payments }) => (payments && row?.unpaidSince) ?? null,
    }),
    suspendsAt: t.field({
      ...date,
      description: 'When everything is put to sleep, unless what is owed is paid before.',
      resolve: ({ row }, _args, { payments, settings }) => afterGrace(payments && row?.unpaidSince, settings),
    }),
    suspendedAt: t.field({
      ...date,
      description: 'Since when everything sleeps, since a payment is owed.',
      resolve: ({ suspendedAt }) => suspendedAt,
    }),
    shrinksAt: t.field({
      ...date,
      description: 'When the newest projects that do not fit the smaller plan lose their slices and sleep.',
      resolve: ({ row }, _args, { payments, settings }) => afterGrace(payments && row?.overLimitSince, settings),
    }),
    overage: t.field({
      type: BillingOverageRef,
      nullable: true,
      description: 'Bandwidth beyond the pool; null where none is sold and none is bought.',
      resolve: ({ overage }, _args, { payments }) => (payments ? overage : null),
    }),
    invoices: t.field({
      type: InvoiceListRef,
      nullable: true,
      complexity: { field: 20, multiplier: 1 },
      args: { first: t.arg.int({ defaultValue: 20, description: '1 to 100.' }), after: t.arg.string() },
      description: 'Null when Stripe does not answer just now.',
      resolve: ({ row }, args, context) => invoicesOf(context, row, args),
    }),
  }),
});

const date = { type: 'DateTime', nullable: true } as const;

function afterGrace(
  since: Date | null | undefined,
  { BILLING_GRACE_DAYS: days = 7 }: Context['settings'],
): Date | null {
  return since ? new Date(since.getTime() + days * dayMs) : null;
}

type Page = { readonly first?: number | null; readonly after?: string | null };

async function invoicesOf(context: Context, row: Billing | null, { first, after }: Page) {
  const { payments, log } = context;
  const opened = row && (await payments?.());
  if (!opened) return { invoices: [], hasMore: false };
  await context.rates.payments(row.organizationId);
  const page = { customerId: row.customerId, first: Math.min(100, Math.max(1, first ?? 20)), after: after ?? null };
  return opened.invoices(page).catch((err: unknown) => {
    if (!(err instanceof Refusal)) log.warn({ err }, 'invoices could not be read');
    return null;
  });
}

/** Null for a customer of Stripe's other mode, who is nobody here: nothing of theirs is shown. */
async function ownRow({ payments }: Context, row: Billing | null): Promise<Billing | null> {
  if (!row || !payments) return row;
  return (await payments()).isLive === row.isLive ? row : null;
}

type Selected = Pick<Organization, 'suspendedAt'> & {
  readonly billing: Billing | null;
  readonly overage: Overage | null;
  readonly plan: Plan;
};

builder.prismaObjectField(OrganizationNode, 'billing', (t) =>
  t.field({
    type: BillingRef,
    nullable: true,
    description: 'Null when your role may not see it: OWNER and BILLING may.',
    select: (args, context) => ({
      ...ownMembership(args, context),
      billing: true,
      suspendedAt: true,
      overage: true,
      plan: true,
    }),
    resolve: async (organization, _args, context) => {
      if (!mayLook(organization, 'billing:read', context)) return null;
      const { billing, suspendedAt, ...rows }: Selected = organization;
      const row = await ownRow(context, billing);
      const overage = await overageOf({ ...rows, payer: row }, context);
      return { row, suspendedAt, overage };
    },
  }),
);
