import type {
  ErrorCode,
  IdempotencyProblem,
  OrganizationRole,
  PoolRule,
  ResourceName,
  ResourcesFragment,
  TokenScope,
} from '../generated/types.js';
import { ApploydError } from './apployd-error.js';

/** One rejected field: its path in the input, a rule in capitals, a sentence. */
export type FieldIssue = { readonly path: readonly string[]; readonly rule: string; readonly message: string };

/** What a project holds of the pool. */
export type PoolHolding = { readonly projectId: string; readonly limits: ResourcesFragment };

/** A rule of the pool that a division would break: what was asked for, and the largest value that would fit in its place. */
export type PoolViolation = {
  readonly rule: PoolRule;
  readonly resource: ResourceName;
  /** Null for the sum over all projects, and for a project that is still to be made. */
  readonly projectId: string | null;
  readonly requested: number;
  readonly available: number;
  readonly message: string;
};

/** What organizations hold that a plan would not give them any more: how many, the most of one, and what it would allow. */
export type PlanConflict = {
  readonly rule: PoolRule;
  readonly resource: ResourceName | null;
  readonly organizations: number;
  readonly held: number;
  readonly allowed: number;
};

/** A failure member of a mutation's result, of whatever kind. */
export type Failure = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly issues?: readonly FieldIssue[];
  readonly targetId?: string | null;
  readonly requiredRole?: OrganizationRole | null;
  readonly missingScope?: TokenScope | null;
  readonly needsVerifiedEmail?: boolean;
  readonly currentVersion?: number | null;
  readonly currentState?: string;
  readonly allowedStates?: readonly string[];
  readonly requested?: ResourcesFragment;
  readonly available?: ResourcesFragment;
  readonly violations?: readonly PoolViolation[];
  readonly holdings?: readonly PoolHolding[];
  readonly conflicts?: readonly PlanConflict[];
  readonly limit?: string;
  readonly maximum?: number;
  readonly current?: number;
  readonly retryAfterMs?: number;
  readonly problem?: IdempotencyProblem;
};

/** An expected failure: the request was understood and refused. Switch on `code`; `failure` is the whole of what the API said. */
export class DomainError extends ApploydError {
  override readonly name: string = 'DomainError';
  readonly code: ErrorCode;
  /** The same request, unchanged, may succeed later. */
  readonly retryable: boolean;
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.code = failure.code;
    this.retryable = failure.retryable;
    this.failure = failure;
  }
}

/** Fields of the input break rules: `issues` names each. */
export class ValidationError extends DomainError {
  override readonly name = 'ValidationError';
  readonly issues: readonly FieldIssue[];
  constructor(failure: Failure) {
    super(failure);
    this.issues = failure.issues ?? [];
  }
}

/** Absent, or not visible to you: the two are not told apart. */
export class NotFoundError extends DomainError {
  override readonly name = 'NotFoundError';
  readonly targetId: string | null;
  constructor(failure: Failure) {
    super(failure);
    this.targetId = failure.targetId ?? null;
  }
}

/** You may see it, but not do this to it. */
export class ForbiddenError extends DomainError {
  override readonly name = 'ForbiddenError';
  /** The role that would be allowed. */
  readonly requiredRole: OrganizationRole | null;
  /** The scope that the token lacks. */
  readonly missingScope: TokenScope | null;
  /** Your e-mail address is to be verified first: `account.verificationSend`. */
  readonly needsVerifiedEmail: boolean;
  constructor(failure: Failure) {
    super(failure);
    this.requiredRole = failure.requiredRole ?? null;
    this.missingScope = failure.missingScope ?? null;
    this.needsVerifiedEmail = failure.needsVerifiedEmail ?? false;
  }
}

/** A name that is taken, or an `expectedVersion` that is not the current one. */
export class ConflictError extends DomainError {
  override readonly name = 'ConflictError';
  readonly currentVersion: number | null;
  constructor(failure: Failure) {
    super(failure);
    this.currentVersion = failure.currentVersion ?? null;
  }
}

/** Not possible in the state that it is in: cancelling what is READY, rolling back to what is gone. */
export class InvalidStateError extends DomainError {
  override readonly name = 'InvalidStateError';
  readonly currentState: string;
  readonly allowedStates: readonly string[];
  constructor(failure: Failure) {
    super(failure);
    this.currentState = failure.currentState ?? '';
    this.allowedStates = failure.allowedStates ?? [];
  }
}

/** The pool or the slice is too small. Memory and bandwidth in bytes, CPU in thousandths of a core. */
export class QuotaExceededError extends DomainError {
  override readonly name = 'QuotaExceededError';
  readonly requested: ResourcesFragment | null;
  /** The most that would fit. */
  readonly available: ResourcesFragment | null;
  /** The rules that it would break. */
  readonly violations: readonly PoolViolation[];
  /** Where a plan is too small: the projects that hold some of what it gives too little of, the largest first. */
  readonly holdings: readonly PoolHolding[];
  constructor(failure: Failure) {
    super(failure);
    this.requested = failure.requested ?? null;
    this.available = failure.available ?? null;
    this.violations = failure.violations ?? [];
    this.holdings = failure.holdings ?? [];
  }
}

/** There are as many of something as there may be: `limit` says of what. */
export class PlanLimitError extends DomainError {
  override readonly name = 'PlanLimitError';
  readonly limit: string;
  readonly maximum: number;
  readonly current: number;
  constructor(failure: Failure) {
    super(failure);
    this.limit = failure.limit ?? '';
    this.maximum = failure.maximum ?? 0;
    this.current = failure.current ?? 0;
  }
}

/** Organizations on the plan hold more than it would give them. */
export class PlanInUseError extends DomainError {
  override readonly name = 'PlanInUseError';
  readonly conflicts: readonly PlanConflict[];
  constructor(failure: Failure) {
    super(failure);
    this.conflicts = failure.conflicts ?? [];
  }
}

/** Not now: it may be done again after `retryAfterMs`. */
export class CapacityError extends DomainError {
  override readonly name = 'CapacityError';
  readonly retryAfterMs: number | null;
  constructor(failure: Failure) {
    super(failure);
    this.retryAfterMs = failure.retryAfterMs ?? null;
  }
}

/** A payment was refused, or one is owed: a person sees to it in the billing portal. */
export class PaymentRequiredError extends DomainError {
  override readonly name = 'PaymentRequiredError';
}

/** The idempotency key was used with another input (KEY_REUSED), or its first request still runs (IN_PROGRESS). */
export class IdempotencyError extends DomainError {
  override readonly name = 'IdempotencyError';
  readonly problem: IdempotencyProblem;
  constructor(failure: Failure) {
    super(failure);
    this.problem = failure.problem ?? 'IN_PROGRESS';
  }
}

/** The error that stands for a failure; codes that a later server adds become plain DomainErrors. */
export function domainError(failure: Failure): DomainError {
  const Kind = kinds[failure.code] ?? DomainError;
  return new Kind(failure);
}

/** Whether a code is one of the API's refusals, rather than about the request as a whole. */
export function isRefusalCode(code: string): boolean {
  return code in kinds;
}

const kinds: Readonly<Record<string, typeof DomainError>> = {
  VALIDATION: ValidationError,
  NOT_FOUND: NotFoundError,
  FORBIDDEN: ForbiddenError,
  CONFLICT: ConflictError,
  INVALID_STATE: InvalidStateError,
  QUOTA_EXCEEDED: QuotaExceededError,
  PLAN_LIMIT: PlanLimitError,
  PLAN_IN_USE: PlanInUseError,
  CAPACITY: CapacityError,
  PAYMENT_REQUIRED: PaymentRequiredError,
  IDEMPOTENCY: IdempotencyError,
};
