import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  NotFoundError,
  PlanInUseError,
  PlanLimitError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { sumResources } from '@apployd/core/resources';
import { publicId } from '@apployd/core/id';
import { limitsOf, poolOf, poolSelection } from '../allocation/pool.js';
import { MoneyInput, MoneyRef } from '../billing/money.js';
import { builder } from '../builder.js';
import { BandwidthRuleRef } from '../usage/bandwidth-schema.js';
import { ResourcesInput, ResourcesRef } from '../resources/schema.js';
import { pricesOf } from './prices.js';
import { setOrganizationPlan } from './set.js';
import { updatePlan } from './update.js';

builder.prismaNode('Plan', {
  description: 'What an organization may have. Its resources are the pool of every organization on it.',
  id: { field: 'id' },
  fields: (t) => ({
    code: t.exposeString('code', { description: 'FREE, HOBBY, PRO, BUSINESS.' }),
    name: t.exposeString('name'),
    pool: t.field({ type: ResourcesRef, resolve: limitsOf }),
    maxProjects: t.exposeInt('maxProjects'),
    maxConcurrentBuilds: t.exposeInt('maxConcurrentBuilds'),
    logRetentionDays: t.exposeInt('logRetentionDays'),
    autoSleepMinutes: t.exposeInt('autoSleepMinutes', {
      nullable: true,
      description: 'Without visitors projects go to sleep after so long at the latest; null: they may stay awake.',
    }),
    monthlyPrice: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'Null: it is not for sale by the month.',
      resolve: (plan) => pricesOf(plan).MONTH,
    }),
    yearlyPrice: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'Null: it is not for sale by the year.',
      resolve: (plan) => pricesOf(plan).YEAR,
    }),
    bandwidthRule: t.expose('bandwidthRule', {
      type: BandwidthRuleRef,
      description: 'What becomes of a project that has used its bandwidth of the month. It is never charged for.',
    }),
    throttleBytesPerSecond: t.exposeInt('throttleBytesPerSecond', {
      description: 'With THROTTLE: bytes that visitors of an environment are sent at most in a second, all together.',
    }),
    isSelectable: t.exposeBoolean('isSelectable', { description: 'It may be chosen for an organization.' }),
    version: t.exposeInt('version', { description: 'Goes up with every change; give it as expectedVersion.' }),
  }),
});

builder.queryField('plans', (t) =>
  t.prismaField({
    type: ['Plan'],
    nullable: true,
    description:
      'The plans that may be chosen, from small to large; the operator sees the others too. Needs no session.',
    resolve: async (query, _root, _args, { db, viewer }) => {
      const seesAll = viewer !== null && (await viewer.isOperator());
      const where = seesAll ? {} : { isSelectable: true };
      return db.plan.findMany({ ...query, where, orderBy: { position: 'asc' } });
    },
  }),
);

const PlanUpdateInput = builder.inputType('PlanUpdateInput', {
  description: 'Input of planUpdate. What is absent stays as it is.',
  fields: (t) => ({
    planId: t.id({ required: true }),
    name: t.string({ description: '1 to 100 characters.' }),
    pool: t.field({ type: ResourcesInput }),
    maxProjects: t.int(),
    maxConcurrentBuilds: t.int(),
    logRetentionDays: t.int(),
    autoSleepMinutes: t.int({ description: '1 to 10,080. Null: projects may stay awake.' }),
    bandwidthRule: t.field({
      type: BandwidthRuleRef,
      description: 'In force within a minute, also for who has used their bandwidth already.',
    }),
    throttleBytesPerSecond: t.int({ description: '16,384 to 1,073,741,824.' }),
    isSelectable: t.boolean(),
    monthlyPrice: t.field({
      type: MoneyInput,
      description: 'Null: not for sale by the month. It is charged once `billing:sync` has told Stripe.',
    }),
    yearlyPrice: t.field({ type: MoneyInput, description: 'Null: not for sale by the year. In the same currency.' }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when the plan has another version by now.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const replayed = { description: 'An earlier call with the same idempotency key did it.' } as const;

const PlanUpdatePayload = builder.objectRef<Awaited<ReturnType<typeof updatePlan>>>('PlanUpdatePayload').implement({
  description: 'Success of planUpdate.',
  fields: (t) => ({
    plan: t.prismaField({
      type: 'Plan',
      resolve: (query, { planId }, _args, { db }) => db.plan.findUniqueOrThrow({ ...query, where: { id: planId } }),
    }),
    organizations: t.exposeInt('organizations', { description: 'How many are on it, and were told.' }),
    replayed: t.exposeBoolean('replayed', replayed),
  }),
});

builder.mutationField('planUpdate', (t) =>
  t.field({
    type: PlanUpdatePayload,
    nullable: true,
    description:
      "Changes a plan, and with it the pool of every organization on it. For the platform's operator, signed in by session. Refused with PlanInUseError when organizations hold more than it would give.",
    args: { input: t.arg({ type: PlanUpdateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, PlanInUseError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => updatePlan(context, input),
  }),
);

const OrganizationPlanSetInput = builder.inputType('OrganizationPlanSetInput', {
  description: 'Input of organizationPlanSet.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    planId: t.id({ required: true }),
    expectedPoolVersion: t.int({ description: 'Refuses with ConflictError when the pool has another version by now.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

// The operator need not be a member: nothing of what belongs to the organization is reached from here.
const OrganizationPlanSetPayload = builder
  .objectRef<Awaited<ReturnType<typeof setOrganizationPlan>>>('OrganizationPlanSetPayload')
  .implement({
    description: 'Success of organizationPlanSet.',
    fields: (t) => ({
      organizationId: t.id({ resolve: ({ organizationId }) => publicId('Organization', organizationId) }),
      plan: t.prismaField({
        type: 'Plan',
        resolve: (query, { planId }, _args, { db }) => db.plan.findUniqueOrThrow({ ...query, where: { id: planId } }),
      }),
      allocated: t.field({
        type: ResourcesRef,
        description: 'What its projects hold together.',
        resolve: async ({ organizationId }, _args, { db }) => {
          const where = { id: organizationId };
          const pool = poolOf(await db.organization.findUniqueOrThrow({ where, select: poolSelection }));
          return sumResources(pool.allocations.map(limitsOf));
        },
      }),
      replayed: t.exposeBoolean('replayed', replayed),
    }),
  });

builder.mutationField('organizationPlanSet', (t) =>
  t.field({
    type: OrganizationPlanSetPayload,
    nullable: true,
    description:
      "Puts an organization on another plan. For the platform's operator, signed in by session. Refused when its projects are too many, or hold more than the plan gives: the violations say which.",
    args: { input: t.arg({ type: OrganizationPlanSetInput, required: true }) },
    errors: {
      types: [NotFoundError, ForbiddenError, ConflictError, QuotaExceededError, PlanLimitError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => setOrganizationPlan(context, input),
  }),
);
