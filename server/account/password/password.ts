import { hash, verify } from '@node-rs/argon2';
import { ValidationError, type FieldIssue } from '@apployd/core/refusal';
import type { Db } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { textIssues } from '../../validation.js';

export const passwordLength = { min: 10, max: 128 } as const;

/** argon2id with 19 MiB and two passes, the defaults, as OWASP advises. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

export function verifyPassword(kept: string, password: string): Promise<boolean> {
  return verify(kept, password);
}

/** Of a password that was forgotten at once, with the parameters of every other. */
export const hashOfNobody =
  '$argon2id$v=19$m=19456,t=2,p=1$7gL5Pha/CQQVWlRXWYWp0A$elewMmdi0U4t6cqZW4usvvy8xejaBZjzv0GOXaHhq9k';

export type Proof = {
  /** Whose account it is; null when there is none. */
  readonly userId: string | null;
  /** The hash that the password belongs to; null when it is wrong. */
  readonly hash: string | null;
};

/** Looks whether a password is somebody's. Where there is nobody it takes as long. Not for use in a transaction. */
export async function provePassword(db: Db, user: Prisma.UserWhereInput, password: string): Promise<Proof> {
  const account = await db.account.findFirst({
    where: { providerId: 'credential', user },
    select: { userId: true, password: true },
  });
  const kept = account?.password ?? null;
  const isRight = password.length <= 2 * passwordLength.max && (await verify(kept ?? hashOfNobody, password));
  return { userId: account?.userId ?? null, hash: isRight ? kept : null };
}

export function passwordIssues(path: readonly string[], password: string): FieldIssue[] {
  return textIssues(path, password, { ...passwordLength, trim: false });
}

/** For who has signed in and is asked once more. */
export function wrongPassword(field: string): ValidationError {
  const message = 'This is not your password.';
  return new ValidationError([{ path: [field], rule: 'BAD_PASSWORD', message }]);
}
