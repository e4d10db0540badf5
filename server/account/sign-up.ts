import { newId } from '@apployd/core/id';
import { ConflictError, type FieldIssue } from '@apployd/core/refusal';
import { slugFrom } from '@apployd/core/slug';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { isAPIError } from 'better-auth/api';
import type { Context } from '../context.js';
import { checkInput, textIssues } from '../validation.js';
import { viewerOf } from '../viewer.js';
import { createAuth, hashPassword, passwordLength } from './auth.js';
import { emailIssues } from './email.js';

export type SignUpInput = {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organizationName?: string | null;
};

/** A person with a session, and an organization of their own: all or nothing. */
export async function signUp(context: Context, input: SignUpInput) {
  checkInput(issuesOf(input));
  context.attempts.signUp(context);
  // It takes its time: before a connection of the database is held.
  const passwordHash = await hashPassword(input.password);
  try {
    const made = await context.db.$transaction((tx) => signUpIn(tx, context, input, passwordHash), {
      maxWait: 5_000,
      timeout: 10_000,
    });
    context.setCookies(made.cookies);
    context.viewer = viewerOf(context.db, made.userId, made.sessionId);
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
    where: { token: response.token },
    select: { id: true },
  });
  const userId = response.user.id;
  const organizationId = await createOrganization(tx, settings, userId, input.organizationName?.trim() || name);
  return { userId, sessionId, organizationId, token: response.token, cookies: headers.getSetCookie() };
}

async function createOrganization(
  tx: Transaction,
  settings: Context['settings'],
  userId: string,
  name: string,
): Promise<string> {
  const id = newId();
  await tx.organization.create({
    data: {
      id,
      name,
      slug: await freeSlug(tx, slugFrom(name) ?? 'team'),
      poolMemoryBytes: settings.SERVER_DEFAULT_POOL_MEMORY_BYTES,
      poolCpuMillicores: settings.SERVER_DEFAULT_POOL_CPU_MILLICORES,
      poolBandwidthBytesPerMonth: settings.SERVER_DEFAULT_POOL_BANDWIDTH_BYTES_PER_MONTH,
      memberships: { create: { userId, role: 'OWNER' } },
    },
  });
  await appendEvent(tx, {
    organizationId: id,
    streamId: id,
    kind: 'ORGANIZATION',
    type: 'organization.created',
    subjectId: id,
    actorId: userId,
  });
  return id;
}

/** The slug itself, or with random letters behind it: never a count, which would tell how many there are. */
async function freeSlug(tx: Transaction, slug: string): Promise<string> {
  const taken = await tx.organization.findUnique({ where: { slug }, select: { id: true } });
  return taken ? `${slug.slice(0, 33).replace(/-$/, '')}-${newId().slice(-6)}` : slug;
}

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
