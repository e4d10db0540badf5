import {
  CapacityError,
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PaymentRequiredError,
  PlanInUseError,
  PlanLimitError,
  QuotaExceededError,
  ValidationError,
  type FieldIssue,
  type PlanConflict,
  type Refusal,
  type RefusalCode,
} from '@apployd/core/refusal';
import type { poolRules } from '@apployd/core/pool-rules';
import type { PoolViolation } from '@apployd/core/pool-rules';
import type { PoolHolding } from '@apployd/core/pool-holdings';
import { publicId } from '@apployd/core/id';
import { builder } from '../builder.js';
import { OrganizationRoleRef } from '../organization/role.js';
import { TokenScopeRef } from '../token/scope.js';
import { ResourceNameRef, ResourcesRef } from '../resources/schema.js';

const codes = {
  VALIDATION: { description: 'The input was well typed but not acceptable.' },
  NOT_FOUND: {},
  FORBIDDEN: {},
  CONFLICT: {},
  INVALID_STATE: {},
  QUOTA_EXCEEDED: {},
  PLAN_LIMIT: {},
  PLAN_IN_USE: {},
  CAPACITY: {},
  PAYMENT_REQUIRED: {},
  IDEMPOTENCY: {},
} as const satisfies Record<RefusalCode, { description?: string }>;

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Why something was refused. New values may appear: always have a default case.',
  values: codes,
});

const ErrorInterface = builder.interfaceRef<Refusal>('Error').implement({
  description:
    'Every expected failure. Select `... on Error { code message }` so that kinds added later are caught too. What is wrong with a request as a whole (sign-in, cost, our own faults) comes as a top-level error with `extensions.code` instead.',
  fields: (t) => ({
    code: t.field({ type: ErrorCode, resolve: ({ code }) => code }),
    message: t.exposeString('message', { description: 'A sentence in English, safe to show; do not parse it.' }),
    retryable: t.exposeBoolean('retryable', { description: 'The same request, unchanged, may succeed later.' }),
  }),
});

export const FieldIssueRef = builder.objectRef<FieldIssue>('FieldIssue').implement({
  description: 'One field of an input, and what is wrong with it.',
  fields: (t) => ({
    path: t.field({
      type: ['String'],
      description: 'The way to the field within `input`, such as ["changes", "0", "limits"].',
      resolve: ({ path }) => [...path],
    }),
    rule: t.exposeString('rule', {
      description: 'The rule that it breaks, such as TOO_SHORT, INVALID_FORMAT, RESERVED or TAKEN.',
    }),
    message: t.exposeString('message'),
  }),
});

builder.objectType(ValidationError, {
  name: 'ValidationError',
  interfaces: [ErrorInterface],
  description: 'The input was well typed but not acceptable. Nothing was changed.',
  fields: (t) => ({ issues: t.field({ type: [FieldIssueRef], resolve: ({ issues }) => [...issues] }) }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  interfaces: [ErrorInterface],
  description: 'There is no such object, or the caller may not see it: the two are not told apart.',
  fields: (t) => ({
    targetId: t.exposeID('targetId', { nullable: true, description: 'The id that was looked up.' }),
  }),
});

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  interfaces: [ErrorInterface],
  description: 'The caller may see the object but not do this to it. Signing in again does not help.',
  fields: (t) => ({
    missingScope: t.field({
      type: TokenScopeRef,
      nullable: true,
      description: 'The scope that the token lacks.',
      resolve: ({ missingScope }) => missingScope,
    }),
    needsVerifiedEmail: t.exposeBoolean('needsVerifiedEmail', {
      description: "The caller's e-mail address is to be verified first.",
    }),
    requiredRole: t.field({
      type: OrganizationRoleRef,
      nullable: true,
      description: 'The least role that may.',
      resolve: ({ requiredRole }) => requiredRole,
    }),
  }),
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  interfaces: [ErrorInterface],
  description: 'The expected version is stale, or the name is taken.',
  fields: (t) => ({
    currentVersion: t.exposeInt('currentVersion', { nullable: true, description: 'Null when a name was taken.' }),
  }),
});

builder.objectType(InvalidStateError, {
  name: 'InvalidStateError',
  interfaces: [ErrorInterface],
  description: 'Not possible in the present state, such as cancelling a deployment that is READY.',
  fields: (t) => ({
    currentState: t.exposeString('currentState'),
    allowedStates: t.field({ type: ['String'], resolve: ({ allowedStates }) => [...allowedStates] }),
  }),
});

const PoolRule = builder.enumType('PoolRule', {
  description: 'A rule of how a pool may be divided.',
  values: {
    HALF_OF_POOL: { description: 'A project holds at most half of each resource.' },
    SUM_OF_POOL: { description: 'All projects together hold at most the pool.' },
    INSTANCES_IN_SLICE: { description: 'The instances that are to run in a project fit its slice.' },
    PROJECTS: { description: 'An organization has at most as many projects as its plan allows.' },
  } as const satisfies Record<(typeof poolRules)[number] | 'PROJECTS', object>,
});

const PoolViolationRef = builder.objectRef<PoolViolation>('PoolViolation').implement({
  description: 'One rule that a division of the pool would break. Bytes, thousandths of a core, bytes a month.',
  fields: (t) => ({
    rule: t.field({ type: PoolRule, resolve: ({ rule }) => rule }),
    resource: t.field({ type: ResourceNameRef, resolve: ({ resource }) => resource }),
    projectId: t.id({
      nullable: true,
      description: 'Null for the sum over all projects, and for a project that is still to be made.',
      resolve: ({ projectId }) => projectId && publicId('Project', projectId),
    }),
    requested: t.field({ type: 'SafeInt', resolve: ({ requested }) => requested }),
    available: t.field({
      type: 'SafeInt',
      description: 'The largest value that would fit in its place.',
      resolve: ({ available }) => available,
    }),
    message: t.exposeString('message'),
  }),
});

const PoolHoldingRef = builder.objectRef<PoolHolding>('PoolHolding').implement({
  description: 'What a project holds of the pool.',
  fields: (t) => ({
    projectId: t.id({ resolve: ({ projectId }) => publicId('Project', projectId) }),
    limits: t.field({ type: ResourcesRef, resolve: ({ limits }) => limits }),
  }),
});

builder.objectType(QuotaExceededError, {
  name: 'QuotaExceededError',
  interfaces: [ErrorInterface],
  description: "The organization's pool cannot cover the request; `message` names the rule and the resource.",
  fields: (t) => ({
    requested: t.field({ type: ResourcesRef, resolve: ({ requested }) => requested }),
    available: t.field({
      type: ResourcesRef,
      description: 'The most that would fit; where several projects are asked for, all of them together.',
      resolve: ({ available }) => available,
    }),
    violations: t.field({
      type: [PoolViolationRef],
      description: 'Each rule that would be broken, for which project, and by how much.',
      resolve: ({ violations }) => [...violations],
    }),
    holdings: t.field({
      type: [PoolHoldingRef],
      description:
        'Where a plan is too small: the projects that hold some of what it gives too little of, the largest first. They are to give up `requested` less `available` together, and each what `violations` say of it. Else empty.',
      // They are at hand: nothing is looked up for each of them.
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ holdings }) => [...holdings],
    }),
  }),
});

const PlanConflictRef = builder.objectRef<PlanConflict>('PlanConflict').implement({
  description: 'A rule that organizations on a plan would break if it shrank.',
  fields: (t) => ({
    rule: t.field({ type: PoolRule, resolve: ({ rule }) => rule }),
    resource: t.field({
      type: ResourceNameRef,
      nullable: true,
      description: 'Null for projects.',
      resolve: ({ resource }) => resource,
    }),
    organizations: t.exposeInt('organizations', { description: 'How many organizations hold more.' }),
    held: t.field({ type: 'SafeInt', description: 'The most that one of them holds.', resolve: ({ held }) => held }),
    allowed: t.field({ type: 'SafeInt', resolve: ({ allowed }) => allowed }),
  }),
});

builder.objectType(PlanInUseError, {
  name: 'PlanInUseError',
  interfaces: [ErrorInterface],
  description: 'Organizations on the plan hold more than it would give them. Nothing was changed.',
  fields: (t) => ({ conflicts: t.field({ type: [PlanConflictRef], resolve: ({ conflicts }) => [...conflicts] }) }),
});

builder.objectType(PlanLimitError, {
  name: 'PlanLimitError',
  interfaces: [ErrorInterface],
  description: "A count limit of the organization's plan.",
  fields: (t) => ({
    limit: t.exposeString('limit', { description: 'Such as projects.' }),
    maximum: t.exposeInt('maximum'),
    current: t.exposeInt('current'),
  }),
});

builder.objectType(CapacityError, {
  name: 'CapacityError',
  interfaces: [ErrorInterface],
  description: 'Not now, but after a while.',
  fields: (t) => ({
    retryAfterMs: t.exposeInt('retryAfterMs', { description: 'Milliseconds to wait before a retry.' }),
  }),
});

builder.objectType(PaymentRequiredError, {
  name: 'PaymentRequiredError',
  interfaces: [ErrorInterface],
  description: 'A payment was refused, or one is owed. A person sees to it in the billing portal.',
});

const IdempotencyProblem = builder.enumType('IdempotencyProblem', {
  description: 'What is wrong with an idempotency key.',
  values: {
    KEY_REUSED: { description: 'It was used before with another input.' },
    IN_PROGRESS: { description: 'The first request with it is still running: ask again with the same key.' },
  } as const,
});

builder.objectType(IdempotencyError, {
  name: 'IdempotencyError',
  interfaces: [ErrorInterface],
  description: 'The key was not accepted; the mutation did not run again.',
  fields: (t) => ({ problem: t.field({ type: IdempotencyProblem, resolve: ({ problem }) => problem }) }),
});
