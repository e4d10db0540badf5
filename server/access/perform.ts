import type { Action } from '@apployd/core/access';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { recordAudit, type AuditNote } from '../audit/record.js';
import { signedIn, signedInThemselves, type Context } from '../context.js';
import { once } from '../idempotency.js';
import { askForQueuedMail } from '../mail/queue-mail.js';
import { requireVerified } from './require-verified.js';
import type { Resource, Viewer } from './viewer.js';

type Input = object & { readonly idempotencyKey?: string | null };

export type Act = {
  /** The mutation's field: names the idempotency key and the entry of the audit log. */
  readonly mutation: string;
  readonly action: Action;
  readonly on: Resource;
  readonly input: Input;
};

/** What a verb has done: ids and flags, given again on replay, and what the audit log says of it. */
export type Done<Result extends Prisma.InputJsonObject> = {
  readonly result: Result;
  readonly audit: AuditNote;
  /** The organization that a person has made, joined or left, where the act is on none. */
  readonly organizationId?: string;
};

type Replayable<Result> = Promise<Result & { readonly replayed: boolean }>;

const patience = { maxWait: 10_000, timeout: 15_000 } as const;

/**
 * The one way in which something is changed by somebody who has signed in: may the viewer? Then, in one transaction, once
 * for its idempotency key, with an entry in the audit log. Refusals that `work` throws leave nothing behind.
 */
export async function perform<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: Act,
  work: (tx: Transaction) => Promise<Done<Result>>,
): Replayable<Result> {
  const viewer = signedIn(context);
  await viewer.require(act.action, act.on);
  await requireVerified(context, viewer, act.action);
  return change(context, viewer, { ...act, organizationId: act.on.organizationId }, work);
}

type Change = {
  readonly mutation: string;
  readonly input: Input;
  /** Null for what is no organization's. */
  readonly organizationId: string | null;
};

/** The same for what the operator does to the platform, or to an organization that need not be theirs. */
export async function performAsOperator<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: Change,
  work: (tx: Transaction) => Promise<Done<Result>>,
): Replayable<Result> {
  const viewer = signedIn(context);
  await viewer.requireOperator();
  return change(context, viewer, act, work);
}

/** The same for what is a person's own: done with a session of theirs, never with a token. */
export async function performAsPerson<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: Omit<Change, 'organizationId'>,
  work: (tx: Transaction) => Promise<Done<Result>>,
): Replayable<Result> {
  const viewer = signedInThemselves(context);
  return change(context, viewer, { ...act, organizationId: null }, work);
}

async function change<Result extends Prisma.InputJsonObject>(
  context: Context,
  viewer: Viewer,
  { mutation, input, organizationId }: Change,
  work: (tx: Transaction) => Promise<Done<Result>>,
): Replayable<Result> {
  const { principalId, userId } = viewer;
  const key = input.idempotencyKey ?? context.idempotencyKey;
  const call = {
    organizationId: organizationId ?? userId,
    principalId,
    mutation,
    key,
    input,
    fingerprints: context.fingerprints,
  };
  context.queuedMail.length = 0;
  const done = await context.db.$transaction(async (tx) => {
    const { result, replayed } = await once(tx, call, async () => {
      const { audit, ...made } = await work(tx);
      const audited = { ...audit, organizationId: organizationId ?? made.organizationId ?? null };
      await recordAudit(tx, { ...audited, action: mutation, by: viewer, from: context });
      return made.result;
    });
    return { ...result, replayed };
  }, patience);
  askForQueuedMail(context);
  return done;
}
