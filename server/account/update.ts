import { publicId } from '@apployd/core/id';
import type { FieldIssue } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { asPerson, type Done } from '../access/perform.js';
import type { Context } from '../context.js';
import { performOnAccount } from './perform-on-account.js';
import { queueMail } from '../mail/queue-mail.js';
import { checkInput, textIssues } from '../validation.js';
import { emailIssues, normalEmail } from './email.js';
import { queueVerification } from './email-address/queue-verification.js';
import { addressTakenMail } from './mails.js';
import { performProven } from './password/perform-proven.js';
import { queueNotice } from './queue-notice.js';

export type AccountUpdateInput = {
  readonly name?: string | null;
  /** It takes effect when it is verified. */
  readonly email?: string | null;
  /** The current one, which another address asks for: whoever has it can reset the password. */
  readonly password?: string | null;
  readonly idempotencyKey?: string | null;
};

type Updated = Done<{ readonly verificationSentTo: string | null }>;

/** Another name at once; another address once the link that is sent to it has been opened. */
export async function updateAccount(context: Context, input: AccountUpdateInput) {
  const { userId } = await asPerson(context, 'accountUpdate');
  const { email, password } = input;
  checkInput(issuesOf(input));
  const work = (tx: Transaction) => updateIn(tx, context, userId, input);
  const mutation = 'accountUpdate';
  if (email == null || password == null) return performOnAccount(context, { mutation, input }, work);
  await context.attempts.verification(userId);
  return performProven(context, { mutation, input, password, field: 'password' }, work);
}

async function updateIn(
  tx: Transaction,
  context: Context,
  userId: string,
  input: AccountUpdateInput,
): Promise<Updated> {
  const before = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { name: true, email: true } });
  const name = input.name?.trim() ?? before.name;
  if (name !== before.name) await tx.user.update({ where: { id: userId }, data: { name } });
  const email = input.email == null ? before.email : normalEmail(input.email);
  const verificationSentTo = email === before.email ? null : email;
  if (verificationSentTo !== null) await offerAddress(tx, context, userId, verificationSentTo);
  const audit = {
    target: publicId('User', userId),
    before: { name: before.name },
    after: { name, verificationSentTo },
  };
  return { result: { verificationSentTo }, audit };
}

/**
 * Whether the address has an account already is told to nobody but whoever reads its mails. The present address is told
 * now, as long as a new password can be asked for with it.
 */
async function offerAddress(tx: Transaction, context: Context, userId: string, email: string): Promise<void> {
  await queueNotice(tx, context, userId, 'emailChangeAsked');
  const taken = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (!taken) return queueVerification(tx, context, userId, email);
  await queueMail(tx, context, addressTakenMail({ to: email, url: context.settings.APPLOYD_PUBLIC_URL }));
}

function issuesOf({ name, email, password }: AccountUpdateInput): FieldIssue[] {
  return [
    ...(name == null ? [] : textIssues(['name'], name, { min: 1, max: 100 })),
    ...(email == null ? [] : emailIssues(['email'], email)),
    ...(email != null && password == null ? [missingPassword] : []),
  ];
}

const missingPassword: FieldIssue = {
  path: ['password'],
  rule: 'REQUIRED',
  message: 'Give your password as well: whoever has the address can reset it.',
};
