import { publicId } from '@apployd/core/id';
import type { FieldIssue } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { signedIn, type Context } from '../../context.js';
import { checkInput } from '../../validation.js';
import { queueNotice } from '../queue-notice.js';
import { endSessions } from '../session/sign-out-everywhere.js';
import { hashPassword, passwordIssues } from './password.js';
import { performProven } from './perform-proven.js';

export type PasswordChangeInput = {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly idempotencyKey?: string | null;
};

/** Another password; every other session, every link to reset it and every change of address that waits ends. */
export async function changePassword(context: Context, input: PasswordChangeInput) {
  const { userId, credential } = signedIn(context);
  checkInput(issuesOf(input));
  const newHash = await hashPassword(input.newPassword);
  const act = { mutation: 'accountPasswordChange', input, password: input.currentPassword, field: 'currentPassword' };
  return performProven(context, act, async (tx) => {
    await setPassword(tx, userId, newHash);
    const endedSessions = await endSessions(tx, userId, credential.id);
    await queueNotice(tx, context, userId, 'passwordChanged');
    return { result: { endedSessions }, audit: { target: publicId('User', userId), after: { endedSessions } } };
  });
}

/** From here on the former password, and links to reset it, are worth nothing. */
export async function setPassword(tx: Transaction, userId: string, newHash: string): Promise<void> {
  await tx.account.updateMany({ where: { userId, providerId: 'credential' }, data: { password: newHash } });
  await tx.accountLink.deleteMany({ where: { userId, purpose: 'RESET_PASSWORD' } });
}

function issuesOf({ currentPassword, newPassword }: PasswordChangeInput): FieldIssue[] {
  if (currentPassword !== newPassword) return passwordIssues(['newPassword'], newPassword);
  return [{ path: ['newPassword'], rule: 'UNCHANGED', message: 'Choose a password that is another one.' }];
}
