import type { TokenScope } from '@apployd/core/access';
import type { FieldIssue } from '@apployd/core/refusal';
import { textIssues } from '../validation.js';

export type ApiTokenCreateInput = {
  readonly organizationId: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly projectId?: string | null;
  readonly environmentId?: string | null;
  readonly expiresAt?: Date | null;
  readonly idempotencyKey?: string | null;
};

const longestDays = 366;
const dayMs = 24 * 60 * 60 * 1000;

export function checkTokenInput({ name, scopes, expiresAt }: ApiTokenCreateInput, now: Date): FieldIssue[] {
  return [
    ...textIssues(['name'], name, { min: 1, max: 100 }),
    ...scopeIssues(scopes),
    ...(expiresAt ? expiryIssues(expiresAt, now) : []),
  ];
}

function scopeIssues(scopes: readonly TokenScope[]): FieldIssue[] {
  const path = ['scopes'];
  if (scopes.length === 0) return [{ path, rule: 'TOO_SHORT', message: 'Give a token at least one scope.' }];
  if (new Set(scopes).size === scopes.length) return [];
  return [{ path, rule: 'DUPLICATE', message: 'Name each scope once.' }];
}

function expiryIssues(expiresAt: Date, now: Date): FieldIssue[] {
  const aheadMs = expiresAt.getTime() - now.getTime();
  if (aheadMs > 0 && aheadMs <= longestDays * dayMs) return [];
  const message = `A token ends within ${longestDays} days from now, or never: leave expiresAt out.`;
  return [{ path: ['expiresAt'], rule: 'OUT_OF_RANGE', message }];
}
