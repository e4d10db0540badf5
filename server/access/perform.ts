import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { Action } from '@apployd/core/access';
import { publicId } from '@apployd/core/id';
import { NotFoundError, Refusal } from '@apployd/core/refusal';
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
  /** What takes its time: done for who may, before the transaction keeps anybody waiting. */
  readonly prepare?: () => Promise<void>;
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
 * for its idempotency key, with an entry in the audit log. A refusal leaves nothing behind but its own entry there.
 */
export async function perform<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: Act,
  work: (tx: Transaction) => Promise<Done<Result>>,
): Replayable<Result> {
  const viewer = signedIn(context);
  const wanted = { ...act, organizationId: act.on.organizationId, target: deepestOf(act.on) };
  return orNoted(context, viewer, wanted, async () => {
    await viewer.require(act.action, act.on);
    await requireVerified(context, viewer, act.action);
    await act.prepare?.();
    return change(context, viewer, wanted, work);
  });
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
  const viewer = await asOperator(context, act.mutation);
  return orNoted(context, viewer, act, () => change(context, viewer, act, work));
}

/**
 * The same for what is a person's own: done with a session of theirs, never with a token. With `on`, what is refused is
 * noted there, if they belong there.
 */
export async function performAsPerson<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: Omit<Change, 'organizationId'> & { readonly on?: Resource },
  work: (tx: Transaction) => Promise<Done<Result>>,
): Replayable<Result> {
  const viewer = await asPerson(context, act.mutation);
  const where =
    act.on && (await mayKnowOf(context, viewer, act.on))
      ? { organizationId: act.on.organizationId, target: deepestOf(act.on) }
      : { organizationId: null };
  const own = { ...act, organizationId: null };
  return orNoted(context, viewer, { ...act, ...where }, () => change(context, viewer, own, work));
}

/** Who may do it, before anything is asked of somebody outside, which no transaction is to wait for; `perform` follows. */
export function asAllowed(context: Context, act: Act): Promise<Viewer> {
  const viewer = signedIn(context);
  const wanted = { ...act, organizationId: act.on.organizationId, target: deepestOf(act.on) };
  return orNoted(context, viewer, wanted, async () => {
    await viewer.require(act.action, act.on);
    await requireVerified(context, viewer, act.action);
    return viewer;
  });
}

/** Who has signed in themselves, before anything is spent of what they may try. A token that tries is refused. */
export function asPerson(context: Context, mutation: string): Promise<Viewer> {
  const viewer = signedIn(context);
  return orNoted(context, viewer, { mutation, organizationId: null }, async () => signedInThemselves(context));
}

/** Who runs the platform, before anything is said of the input. */
export function asOperator(context: Context, mutation: string): Promise<Viewer> {
  const viewer = signedIn(context);
  return orNoted(context, viewer, { mutation, organizationId: null }, async () => {
    await viewer.requireOperator();
    return viewer;
  });
}

type Wanted = Pick<Change, 'mutation' | 'organizationId'> & { readonly target?: string };

/** What is refused stands in the audit log too, but in nobody's where they may not even know of it. */
async function orNoted<Result>(
  context: Context,
  viewer: Viewer,
  { mutation, organizationId, target }: Wanted,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Refusal && !(error instanceof NotFoundError)) {
      const entry = { organizationId, action: mutation, by: viewer, from: context, target, refusal: error.code };
      await recordAudit(context.db, entry).catch((err: unknown) => {
        context.log.error({ err, mutation }, 'a refusal could not be noted in the audit log');
      });
    }
    throw error;
  }
}

async function mayKnowOf({ db }: Context, { sees }: Viewer, { organizationId }: Resource): Promise<boolean> {
  return (await db.organization.count({ where: { id: organizationId, ...sees.Organization } })) > 0;
}

function deepestOf({ organizationId, projectId, environmentId }: Resource): string {
  if (environmentId) return publicId('Environment', environmentId);
  return projectId ? publicId('Project', projectId) : publicId('Organization', organizationId);
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
  const changeOnce = async (tx: Transaction) => {
    const { result, replayed } = await once(tx, call, async () => {
      const { audit, ...made } = await work(tx);
      const audited = { ...audit, organizationId: organizationId ?? made.organizationId ?? null };
      await recordAudit(tx, { ...audited, action: mutation, by: viewer, from: context });
      return made.result;
    });
    return { ...result, replayed };
  };
  const tokenId = viewer.credential.kind === 'token' ? viewer.credential.id : null;
  const done = await transactAndTell(context, changeOnce, { ...patience, tokenId });
  askForQueuedMail(context);
  return done;
}
