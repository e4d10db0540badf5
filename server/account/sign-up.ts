import { publicId } from '@apployd/core/id';
import { ConflictError, type FieldIssue } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { isAPIError } from 'better-auth/api';
import { recordAudit } from '../audit/record.js';
import type { Context } from '../context.js';
import { askForQueuedMail } from '../mail/queue-mail.js';
import { acceptInvitation } from '../organization/accept-invitation.js';
import { insertOrganization } from '../organization/insert.js';
import { checkInput, textIssues } from '../validation.js';
import { createAuth } from './auth.js';
import { emailIssues, normalEmail } from './email.js';
import { queueVerification } from './email-address/queue-verification.js';
import { isFirstAccount } from './first-account.js';
import { hashPassword, passwordIssues } from './password/password.js';
import { requireAdmission } from './require-admission.js';
import { begun, enter, type Begun } from './session/begin.js';

export type SignUpInput = {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organizationName?: string | null;
  /** Secret of an invitation to this address. */
  readonly invitation?: string | null;
};

/** A person with a session, and an organization of their own or the one that invited them: all or nothing. */
export async function signUp(context: Context, input: SignUpInput): Promise<Begun & { organizationId: string }> {
  checkInput(issuesOf(input));
  await context.attempts.signUp(context);
  await requireAdmission(context.db, context.settings, input);
  // It takes its time: before a connection of the database is held.
  const newHash = await hashPassword(input.password);
  try {
    const made = await context.db.$transaction((tx) => signUpIn(tx, context, input, newHash), {
      maxWait: 5_000,
      timeout: 10_000,
    });
    askForQueuedMail(context);
    enter(context, made);
    return made;
  } catch (error) {
    if (isAPIError(error) && (await isTaken(context, input.email))) {
      throw new ConflictError(
        'This address cannot be used for a new account. If it is yours, sign in or ask for a new password.',
      );
    }
    throw error;
  }
}

async function signUpIn(tx: Transaction, context: Context, input: SignUpInput, newHash: string) {
  const isOperator = await isFirstAccount(tx);
  await requireAdmission(tx, context.settings, input);
  const { response, headers } = await createAuth(tx, context.settings, { newHash }).api.signUpEmail({
    body: { name: input.name.trim(), email: normalEmail(input.email), password: input.password },
    returnHeaders: true,
  });
  if (!response.token) throw new Error('Signing up gave no session.');
  const session = await begun(tx, { token: response.token, cookies: headers.getSetCookie() }, context);
  if (isOperator) await tx.user.update({ where: { id: session.userId }, data: { isOperator } });
  await recordAudit(tx, {
    organizationId: null,
    action: 'account.signedUp',
    by: actorOf(session),
    from: context,
    target: publicId('User', session.userId),
    after: { invited: input.invitation != null, isOperator },
  });
  const organizationId = await (input.invitation == null
    ? foundOrganization(tx, context, input, session)
    : joinOrganization(tx, context, input.invitation, session));
  return { ...session, organizationId };
}

/** Their own; the address is still to be verified. */
async function foundOrganization(tx: Transaction, context: Context, input: SignUpInput, { userId }: Begun) {
  await queueVerification(tx, context, userId, normalEmail(input.email));
  const { id } = await insertOrganization(tx, {
    ownerId: userId,
    name: input.organizationName?.trim() || input.name.trim(),
    planCode: context.settings.SERVER_DEFAULT_PLAN,
  });
  return id;
}

/** The one that invited them. Whoever has the invitation's secret reads the mailbox that it was sent to. */
async function joinOrganization(tx: Transaction, context: Context, secret: string, session: Begun) {
  const { userId } = session;
  const { email } = await tx.user.update({
    where: { id: userId },
    data: { emailVerified: true },
    select: { email: true },
  });
  const { invitationId, organizationId, role } = await acceptInvitation(tx, secret, { userId, email });
  await recordAudit(tx, {
    organizationId,
    action: 'invitationAccept',
    by: actorOf(session),
    from: context,
    target: publicId('Invitation', invitationId),
    after: { userId: publicId('User', userId), role },
  });
  return organizationId;
}

function actorOf({ userId, sessionId }: Begun) {
  return { userId, credential: { kind: 'session', id: sessionId } } as const;
}

function issuesOf({ name, email, password, organizationName, invitation }: SignUpInput): FieldIssue[] {
  return [
    ...textIssues(['name'], name, { min: 1, max: 100 }),
    ...emailIssues(['email'], email),
    ...passwordIssues(['password'], password),
    ...(organizationName == null ? [] : textIssues(['organizationName'], organizationName, { min: 1, max: 100 })),
    ...(organizationName != null && invitation != null ? [bothIssue] : []),
  ];
}

const bothIssue: FieldIssue = {
  path: ['organizationName'],
  rule: 'NOT_WITH_INVITATION',
  message: 'Whoever is invited joins that organization. Leave organizationName out; make another one later.',
};

async function isTaken({ db }: Context, email: string): Promise<boolean> {
  return (await db.user.findUnique({ where: { email: normalEmail(email) }, select: { id: true } })) !== null;
}
