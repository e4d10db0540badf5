import { timingSafeEqual } from 'node:crypto';
import { createOTP } from '@better-auth/utils/otp';
import { symmetricDecrypt } from 'better-auth/crypto';
import type { Transaction } from '@apployd/prisma/create-db';
import type { TwoFactor } from '@apployd/prisma/generated/client/client';
import type { Auth } from '../auth.js';

const stepMs = 30_000;
/** A clock may be one step off, either way. */
const neighbours = [-1, 0, 1] as const;

/** Which 30 seconds since 1970 a code is of, as far as it would be taken now; null when of none. */
export async function stepOf(auth: Auth, { secret }: Pick<TwoFactor, 'secret'>, code: string): Promise<number | null> {
  const { secretConfig } = await auth.$context;
  const otp = createOTP(await symmetricDecrypt({ key: secretConfig, data: secret }));
  const now = currentStep();
  for (const away of neighbours) if (isSame(await otp.hotp(now + away), code)) return now + away;
  return null;
}

/** Whether a code of this step, or of a later one, was taken before: seen over a shoulder it is worth nothing. */
export function wasUsed({ lastUsedStep }: Pick<TwoFactor, 'lastUsedStep'>, step: number): boolean {
  return lastUsedStep !== null && step <= lastUsedStep;
}

/** After this no code of the step, nor of one before it, is taken. */
export async function useUp(tx: Transaction, { id }: Pick<TwoFactor, 'id'>, step: number | null): Promise<void> {
  // Between two looks at the clock a code may have come of age that was none before: then every one of today is used up.
  const lastUsedStep = step ?? currentStep() + 1;
  await tx.twoFactor.update({ where: { id }, data: { lastUsedStep } });
}

function currentStep(): number {
  return Math.floor(Date.now() / stepMs);
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
