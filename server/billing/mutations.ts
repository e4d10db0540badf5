import {
  CapacityError,
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PaymentRequiredError,
  PlanLimitError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import type { ChangePart, changePartKinds, portalPages } from '@apployd/backplane/payments/payments';
import { builder } from '../builder.js';
import { changePlan } from './change-plan.js';
import { MoneyRef } from './money.js';
import { openCheckout } from './open-checkout.js';
import { openPortal } from './open-portal.js';
import { BillingIntervalRef } from './schema.js';
import { setEnding } from './set-ending.js';
import { setOverage } from './set-overage.js';

const usual = [NotFoundError, ForbiddenError, InvalidStateError, CapacityError, IdempotencyError];
const replayed = { description: 'An earlier call with the same idempotency key did it.' } as const;
const forWhom = 'Role OWNER or BILLING, signed in by session.';

const BillingCheckoutOpenInput = builder.inputType('BillingCheckoutOpenInput', {
  description: 'Input of billingCheckoutOpen.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    planId: t.id({ required: true }),
    interval: t.field({ type: BillingIntervalRef, required: true }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

type Opened = { readonly organizationId: string; readonly url: string; readonly replayed: boolean };

const BillingCheckoutOpenPayload = builder.objectRef<Opened>('BillingCheckoutOpenPayload').implement({
  description: 'Success of billingCheckoutOpen.',
  fields: (t) => ({
    url: t.exposeString('url', { description: "The page to open, of Stripe's, good for a day." }),
    replayed: t.exposeBoolean('replayed', replayed),
  }),
});

builder.mutationField('billingCheckoutOpen', (t) =>
  t.field({
    type: BillingCheckoutOpenPayload,
    nullable: true,
    description: `Opens the page on which a subscription begins. Nothing is paid before somebody does so there. ${forWhom}`,
    args: { input: t.arg({ type: BillingCheckoutOpenInput, required: true }) },
    errors: { types: [...usual, QuotaExceededError, PlanLimitError] },
    resolve: (_root, { input }, context) => openCheckout(context, input),
  }),
);

const BillingPortalPage = builder.enumType('BillingPortalPage', {
  description: 'Where the portal begins.',
  values: {
    HOME: { description: 'All that can be seen to there.' },
    PAYMENT_METHOD: { description: 'Another card, or whatever is paid with.' },
  } as const satisfies Record<(typeof portalPages)[number], object>,
});

const BillingPortalOpenInput = builder.inputType('BillingPortalOpenInput', {
  description: 'Input of billingPortalOpen.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    page: t.field({ type: BillingPortalPage, defaultValue: 'HOME' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const BillingPortalOpenPayload = builder.objectRef<Opened>('BillingPortalOpenPayload').implement({
  description: 'Success of billingPortalOpen.',
  fields: (t) => ({
    url: t.exposeString('url', { description: "The page to open, of Stripe's, good for some minutes." }),
    replayed: t.exposeBoolean('replayed', replayed),
  }),
});

builder.mutationField('billingPortalOpen', (t) =>
  t.field({
    type: BillingPortalOpenPayload,
    nullable: true,
    description: `Opens the page for cards, addresses and tax numbers, on which what is owed is paid. ${forWhom}`,
    args: { input: t.arg({ type: BillingPortalOpenInput, required: true }) },
    errors: { types: usual },
    resolve: (_root, { input }, context) => openPortal(context, input),
  }),
);

const BillingPlanChangeInput = builder.inputType('BillingPlanChangeInput', {
  description: 'Input of billingPlanChange.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    planId: t.id({ required: true }),
    interval: t.field({ type: BillingIntervalRef, required: true }),
    preview: t.boolean({ defaultValue: false, description: 'Says what it costs, and changes nothing.' }),
    at: t.field({
      type: 'DateTime',
      description: 'What a preview said, within the last hour: then exactly its price is charged.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const BillingChangePartKind = builder.enumType('BillingChangePartKind', {
  description: 'What a part of a price is.',
  values: {
    LINE: { description: 'A price, or what is left of one: credited below nothing, else charged.' },
    DISCOUNT: {},
    TAX: { description: 'What comes on top.' },
    CREDIT: { description: 'What was credited before, taken off; or owed before, added.' },
  } as const satisfies Record<(typeof changePartKinds)[number], object>,
});

const BillingChangePartRef = builder.objectRef<ChangePart>('BillingChangePart').implement({
  description: 'One part of what a change costs.',
  fields: (t) => ({
    kind: t.expose('kind', { type: BillingChangePartKind }),
    description: t.exposeString('description', {
      nullable: true,
      description: "Stripe's words for a line, of the time that it is for; null for what its kind says.",
    }),
    amount: t.field({ type: MoneyRef, resolve: ({ amount }) => amount }),
  }),
});

const BillingPlanChangePayload = builder
  .objectRef<Awaited<ReturnType<typeof changePlan>>>('BillingPlanChangePayload')
  .implement({
    description: 'Success of billingPlanChange.',
    fields: (t) => ({
      dueNow: t.field({
        type: MoneyRef,
        description: 'What is paid at once, with what is left of the old plan taken off; below nothing it is credited.',
        resolve: ({ dueNow }) => dueNow,
      }),
      parts: t.field({
        type: [BillingChangePartRef],
        description: 'How that comes about, in this order: they sum up to it. None for a change that begins later.',
        resolve: ({ parts = [] }) => [...parts],
      }),
      recurring: t.field({
        type: MoneyRef,
        description: 'What each period costs from then on, before discounts and taxes.',
        resolve: (change) => change.recurring,
      }),
      effectiveAt: t.field({ type: 'DateTime', resolve: ({ effectiveAt }) => new Date(effectiveAt) }),
      at: t.field({
        type: 'DateTime',
        description: 'Give it with the change to be charged what this says.',
        resolve: ({ at }) => new Date(at),
      }),
      applied: t.exposeBoolean('applied', { description: 'False for a preview.' }),
      replayed: t.exposeBoolean('replayed', replayed),
    }),
  });

builder.mutationField('billingPlanChange', (t) =>
  t.field({
    type: BillingPlanChangePayload,
    nullable: true,
    description: `Changes the plan of a subscription: what costs more begins and is charged at once, what costs less begins when the period ends, and is refused while the projects hold more than it gives. ${forWhom}`,
    args: { input: t.arg({ type: BillingPlanChangeInput, required: true }) },
    errors: {
      types: [...usual, ConflictError, ValidationError, QuotaExceededError, PlanLimitError, PaymentRequiredError],
    },
    resolve: (_root, { input }, context) => changePlan(context, input),
  }),
);

const BillingOverageSetInput = builder.inputType('BillingOverageSetInput', {
  description: 'Input of billingOverageSet.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    capGigabytes: t.int({
      description: 'So many gigabytes of 2^30 bytes are bought in a month at most; null: none are, from now on.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const BillingOverageSetPayload = builder
  .objectRef<Awaited<ReturnType<typeof setOverage>>>('BillingOverageSetPayload')
  .implement({
    description: 'Success of billingOverageSet.',
    fields: (t) => ({
      organization: t.prismaField({
        type: 'Organization',
        resolve: (query, { organizationId: id }, _args, { db }) =>
          db.organization.findUniqueOrThrow({ ...query, where: { id } }),
      }),
      replayed: t.exposeBoolean('replayed', replayed),
    }),
  });

builder.mutationField('billingOverageSet', (t) =>
  t.field({
    type: BillingOverageSetPayload,
    nullable: true,
    description:
      'Buys bandwidth beyond the pool, up to a cap, or none any more. What was sent until now is never charged. Role OWNER, signed in by session.',
    args: { input: t.arg({ type: BillingOverageSetInput, required: true }) },
    errors: { types: [...usual, ConflictError, ValidationError] },
    resolve: (_root, { input }, context) => setOverage(context, input),
  }),
);

const BillingEndingSetInput = builder.inputType('BillingEndingSetInput', {
  description: 'Input of billingEndingSet.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    ends: t.boolean({ required: true, description: 'True: it ends with its period. False: it goes on, as it is.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const BillingEndingSetPayload = builder
  .objectRef<Awaited<ReturnType<typeof setEnding>>>('BillingEndingSetPayload')
  .implement({
    description: 'Success of billingEndingSet.',
    fields: (t) => ({
      organization: t.prismaField({
        type: 'Organization',
        resolve: (query, { organizationId: id }, _args, { db }) =>
          db.organization.findUniqueOrThrow({ ...query, where: { id } }),
      }),
      replayed: t.exposeBoolean('replayed', replayed),
    }),
  });

builder.mutationField('billingEndingSet', (t) =>
  t.field({
    type: BillingEndingSetPayload,
    nullable: true,
    description: `Has the subscription end with the period that is paid for, or go on after all; a change that was to come does not. ${forWhom}`,
    args: { input: t.arg({ type: BillingEndingSetInput, required: true }) },
    errors: { types: [...usual, ConflictError, PaymentRequiredError] },
    resolve: (_root, { input }, context) => setEnding(context, input),
  }),
);
