import type { FieldIssue } from '@apployd/core/refusal';
import { z } from 'zod';

const address = z.email().max(254);

export function emailIssues(path: readonly string[], email: string): FieldIssue[] {
  if (address.safeParse(email.trim()).success) return [];
  return [{ path, rule: 'INVALID_FORMAT', message: 'Give an e-mail address, such as ada@example.com.' }];
}

/** As addresses are kept and compared. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}
