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
  | 'CAPACITY'
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

export class ForbiddenError extends Refusal {
  readonly code = 'FORBIDDEN';
  /** The role that would be allowed. */
  readonly requiredRole: string | null;
  constructor(message: string, requiredRole: string | null = null) {
    super(message);
    this.requiredRole = requiredRole;
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
  constructor(message: string, requested: Resources, available: Resources) {
    super(message);
    this.requested = requested;
    this.available = available;
  }
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
