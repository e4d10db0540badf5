import type { OrganizationRole, TokenScope } from './access.js';
import type { PoolHolding } from './pool-holdings.js';
import type { PoolViolation } from './pool-rules.js';
import type { Resources } from './resources.js';

/** What may be refused, and why: the customer's to mend, never retried, safe to show. */
export type RefusalCode =
  | 'VALIDATION'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'INVALID_STATE'
  | 'QUOTA_EXCEEDED'
  | 'PLAN_LIMIT'
  | 'PLAN_IN_USE'
  | 'CAPACITY'
  | 'PAYMENT_REQUIRED'
  | 'IDEMPOTENCY';

/** An expected failure with a sentence for the person who caused it. Everything else that is thrown is a fault of ours. */
export abstract class Refusal extends Error {
  abstract readonly code: RefusalCode;
  /** The same request, unchanged, may succeed later. */
  readonly retryable: boolean = false;
}

/** One rejected field: its path in the input, a rule in capitals, and a sentence. */
export type FieldIssue = { readonly path: readonly string[]; readonly rule: string; readonly message: string };

export class ValidationError extends Refusal {
  readonly code = 'VALIDATION';
  readonly issues: readonly FieldIssue[];
  constructor(issues: readonly FieldIssue[]) {
    super(issues.map((issue) => issue.message).join(' '));
    this.issues = issues;
  }
}

/** Absent, or not readable for the caller: the two are not told apart. */
export class NotFoundError extends Refusal {
  readonly code = 'NOT_FOUND';
  /** The outside id that was looked up. */
  readonly targetId: string | null;
  constructor(what: string, targetId: string | null = null) {
    super(`There is no such ${what}, or you may not see it.`);
    this.targetId = targetId;
  }
}

type Lack = {
  readonly requiredRole?: OrganizationRole;
  readonly missingScope?: TokenScope;
  readonly needsVerifiedEmail?: boolean;
};

export class ForbiddenError extends Refusal {
  readonly code = 'FORBIDDEN';
  /** The least role that would be allowed. */
  readonly requiredRole: OrganizationRole | null;
  /** The scope that the token lacks. */
  readonly missingScope: TokenScope | null;
  /** The person's e-mail address is to be verified first. */
  readonly needsVerifiedEmail: boolean;
  constructor(message: string, lack: Lack = {}) {
    super(message);
    this.requiredRole = lack.requiredRole ?? null;
    this.missingScope = lack.missingScope ?? null;
    this.needsVerifiedEmail = lack.needsVerifiedEmail ?? false;
  }
}

/** A stale version, or a name that is taken. */
export class ConflictError extends Refusal {
  readonly code = 'CONFLICT';
  readonly currentVersion: number | null;
  constructor(message: string, currentVersion: number | null = null) {
    super(message);
    this.currentVersion = currentVersion;
  }
}

export class InvalidStateError extends Refusal {
  readonly code = 'INVALID_STATE';
  readonly currentState: string;
  readonly allowedStates: readonly string[];
  constructor(message: string, currentState: string, allowedStates: readonly string[]) {
    super(message);
    this.currentState = currentState;
    this.allowedStates = allowedStates;
  }
}

export class QuotaExceededError extends Refusal {
  readonly code = 'QUOTA_EXCEEDED';
  readonly requested: Resources;
  /** The most that would fit. */
  readonly available: Resources;
  /** The rules that it would break; none where there is nothing to judge yet. */
  readonly violations: readonly PoolViolation[];
  /** Where a plan is too small: what each project holds, the largest first. */
  readonly holdings: readonly PoolHolding[];
  constructor(
    message: string,
    requested: Resources,
    available: Resources,
    violations: readonly PoolViolation[] = [],
    holdings: readonly PoolHolding[] = [],
  ) {
    super(message);
    this.requested = requested;
    this.available = available;
    this.violations = violations;
    this.holdings = holdings;
  }
}

/** A count that the plan limits, such as projects. */
export class PlanLimitError extends Refusal {
  readonly code = 'PLAN_LIMIT';
  readonly limit: string;
  readonly maximum: number;
  readonly current: number;
  constructor(
    message: string,
    limit: string,
    { maximum, current }: { readonly maximum: number; readonly current: number },
  ) {
    super(message);
    this.limit = limit;
    this.maximum = maximum;
    this.current = current;
  }
}

/** What organizations hold that a plan would not give them any more. */
export type PlanConflict = {
  /** The rule that the divisions of their pools would break; PROJECTS: they have more of them. */
  readonly rule: PoolViolation['rule'] | 'PROJECTS';
  /** Null for projects, which are counted. */
  readonly resource: PoolViolation['resource'] | null;
  /** How many organizations. */
  readonly organizations: number;
  /** The most that one of them holds, and what the plan would allow. */
  readonly held: number;
  readonly allowed: number;
};

/** A plan cannot shrink below what organizations on it hold. */
export class PlanInUseError extends Refusal {
  readonly code = 'PLAN_IN_USE';
  readonly conflicts: readonly PlanConflict[];
  constructor(message: string, conflicts: readonly PlanConflict[]) {
    super(message);
    this.conflicts = conflicts;
  }
}

/** What may be done again after a while. */
export class CapacityError extends Refusal {
  readonly code = 'CAPACITY';
  override readonly retryable = true;
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A payment was refused, or one is owed. */
export class PaymentRequiredError extends Refusal {
  readonly code = 'PAYMENT_REQUIRED';
}

export type IdempotencyProblem = 'KEY_REUSED' | 'IN_PROGRESS';

export class IdempotencyError extends Refusal {
  readonly code = 'IDEMPOTENCY';
  readonly problem: IdempotencyProblem;
  override readonly retryable: boolean;
  constructor(problem: IdempotencyProblem) {
    super(
      problem === 'KEY_REUSED'
        ? 'This idempotency key was used with another input. Make a new key for a new request.'
        : 'The first request with this idempotency key is still running. Ask again with the same key.',
    );
    this.problem = problem;
    this.retryable = problem === 'IN_PROGRESS';
  }
}
