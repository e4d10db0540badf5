import { ConflictError, type FieldIssue } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { isAPIError } from 'better-auth/api';
import type { Context } from '../context.js';
import { insertOrganization } from '../organization/insert.js';
import { checkInput, textIssues } from '../validation.js';
import { viewerOf } from '../access/viewer.js';
import { createAuth, hashPassword, passwordLength } from './auth.js';
import { emailIssues } from './email.js';
import { hashSessionToken } from './hash-session-tokens.js';

export type SignUpInput = {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organizationName?: string | null;
};

/** A person with a session, and an organization of their own: all or nothing. */
export async function signUp(context: Context, input: SignUpInput) {
  checkInput(issuesOf(input));
  await context.attempts.signUp(context);
  // It takes its time: before a connection of the database is held.
  const passwordHash = await hashPassword(input.password);
  try {
    const made = await context.db.$transaction((tx) => signUpIn(tx, context, input, passwordHash), {
      maxWait: 5_000,
      timeout: 10_000,
    });
    context.setCookies(made.cookies);
    context.viewer = viewerOf(context.db, made.userId, { kind: 'session', id: made.sessionId });
    return made;
  } catch (error) {
    if (isAPIError(error) && (await isTaken(context, input.email))) {
      throw new ConflictError('There is an account with this e-mail address. Sign in instead.');
    }
    throw error;
  }
}

async function signUpIn(tx: Transaction, { settings }: Context, input: SignUpInput, passwordHash: string) {
  const name = input.name.trim();
  const { response, headers } = await createAuth(tx, settings, passwordHash).api.signUpEmail({
    body: { name, email: input.email.trim(), password: input.password },
    returnHeaders: true,
  });
  if (!response.token) throw new Error('Signing up gave no session.');
  const { id: sessionId } = await tx.session.findUniqueOrThrow({
    where: { token: hashSessionToken(response.token) },
    select: { id: true },
  });
  const userId = response.user.id;
  await makeFirstOperator(tx, userId);
  const { id: organizationId } = await insertOrganization(tx, {
    ownerId: userId,
    name: input.organizationName?.trim() || name,
    planCode: settings.SERVER_DEFAULT_PLAN,
  });
  return { userId, sessionId, organizationId, token: response.token, cookies: headers.getSetCookie() };
}

/** The first account of an installation runs the platform. Those who sign up at that moment take their turns. */
async function makeFirstOperator(tx: Transaction, userId: string): Promise<void> {
  if (await tx.user.findFirst({ where: { isOperator: true }, select: { id: true } })) return;
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${firstOperatorLock})`;
  await tx.$executeRaw`
    UPDATE "User" SET "isOperator" = true
    WHERE "id" = ${userId}::uuid AND NOT EXISTS (SELECT 1 FROM "User" WHERE "isOperator")`;
}

/** Any number, chosen once. */
const firstOperatorLock = 72_707_371n;

function issuesOf({ name, email, password, organizationName }: SignUpInput): FieldIssue[] {
  return [
    ...textIssues(['name'], name, { min: 1, max: 100 }),
    ...emailIssues(['email'], email),
    ...textIssues(['password'], password, { ...passwordLength, trim: false }),
    ...(organizationName == null ? [] : textIssues(['organizationName'], organizationName, { min: 1, max: 100 })),
  ];
}

async function isTaken({ db }: Context, email: string): Promise<boolean> {
  const where = { email: email.trim().toLowerCase() };
  return (await db.user.findUnique({ where, select: { id: true } })) !== null;
}
