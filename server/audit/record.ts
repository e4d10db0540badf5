import { newId } from '@apployd/core/id';
import type { RefusalCode } from '@apployd/core/refusal';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Credential } from '../access/viewer.js';
import type { Incoming } from '../incoming.js';

export type AuditNote = {
  /** The id of what was changed, as it is shown outside. */
  readonly target?: string | null;
  /** What it was before, and what it is now: the changed fields alone, and never a secret. */
  readonly before?: Prisma.InputJsonObject;
  readonly after?: Prisma.InputJsonObject;
};

type Entry = AuditNote & {
  /** Null for what concerns a person's account alone. */
  readonly organizationId: string | null;
  /** The mutation's field, or such as `account.signedIn`. */
  readonly action: string;
  /** Null when nobody could be told, such as at a sign-in to no account. Without a credential: by the password alone. */
  readonly by: { readonly userId: string; readonly credential?: Credential } | null;
  readonly from: Incoming;
  /** Why it was not done; absent when it was. */
  readonly refusal?: RefusalCode;
};

/** Appends to the audit log, in the transaction of what it tells of, or by itself when nothing was done. */
export async function recordAudit(tx: Db | Transaction, entry: Entry): Promise<void> {
  await tx.auditEvent.create({ data: { id: newId(), ...auditRow(entry) } });
}

/** What the log keeps of it, which can be kept for later. */
export function auditRow(entry: Entry) {
  const { organizationId, action, by, from, target = null, before, after, refusal } = entry;
  return {
    organizationId,
    actorKind: by?.credential?.kind === 'token' ? 'TOKEN' : 'USER',
    userId: by?.userId ?? null,
    tokenId: by?.credential?.kind === 'token' ? by.credential.id : null,
    action,
    targetId: target,
    ip: from.address || null,
    userAgent: from.headers.get('user-agent')?.slice(0, 400) ?? null,
    requestId: from.requestId,
    refusal: refusal ?? null,
    changes: before || after ? { ...(before && { before }), ...(after && { after }) } : undefined,
  } as const;
}
