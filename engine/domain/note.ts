import type { DomainFindings } from '@apployd/core/domain';
import { publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { retryCertificate } from '@apployd/prisma/retry-certificate';
import type { Domain } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { queueMails } from '../mail/queue-mails.js';
import { handOverRoute } from '../route/hand-over-route.js';
import { leadDomains } from '../route/lead-domains.js';
import { isGivenUp, judgeClaim, judgeHeld } from './judge.js';
import { lossMail } from './loss-mail.js';
import { nextCheckAt } from './next-check.js';
import { whoSeesToDomains } from './who-sees-to-it.js';

/** Whom it concerns, the host name whose route has changed, and mails that are to be sent. */
export type Noted = {
  readonly projectIds: readonly string[];
  readonly route: string | null;
  readonly mailIds: readonly string[];
};

const nothing: Noted = { projectIds: [], route: null, mailIds: [] };

type Telling = Pick<Engine, 'secretBox' | 'settings'>;

/** Writes down what was found. Claims on one name are judged one after the other: the first that is proven holds it. */
export async function note(
  engine: Telling,
  tx: Transaction,
  id: string,
  findings: DomainFindings,
  now: Date,
): Promise<Noted> {
  const claims = await lockClaims(tx, id);
  const own = claims.find((claim) => claim.id === id);
  if (!own) return nothing;
  if (own.verifiedAt) return noteHeld(engine, tx, own, findings, now);
  const holder = claims.find(({ verifiedAt }) => verifiedAt !== null);
  if (findings.proof !== 'FOUND' || (holder && !isGivenUp(holder, now))) {
    const { problem, ...standing } = judgeClaim(findings, holder !== undefined);
    // Why it was lost is said until it is proven again.
    const isTaken = own.problem === 'TAKEN_BY_ANOTHER' && findings.proof !== 'FOUND';
    await write(tx, own, { ...standing, problem: isTaken ? own.problem : problem }, findings, now);
    return { ...nothing, projectIds: [own.projectId] };
  }
  // Before any event: who keeps a certificate locks its row first, too.
  await retryCertificate(tx, own.name, now);
  if (holder) await release(tx, holder);
  await take(tx, own, now);
  await appendTaken(tx, own, holder);
  const { projectIds, mailIds } = await noteHeld(engine, tx, { ...own, verifiedAt: now }, findings, now);
  return { projectIds: [...projectIds, ...(holder ? [holder.projectId] : [])], route: own.name, mailIds };
}

/** All claims on the name, in the order in which everybody locks them; those of environments that are being erased wait. */
async function lockClaims(tx: Transaction, id: string): Promise<Domain[]> {
  await tx.$queryRaw`
    SELECT 1 FROM "Environment" WHERE "id" = (SELECT "environmentId" FROM "Domain" WHERE "id" = ${id}::uuid) FOR KEY SHARE`;
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Domain" WHERE "name" = (SELECT "name" FROM "Domain" WHERE "id" = ${id}::uuid)
    ORDER BY "id" FOR UPDATE`;
  return tx.domain.findMany({ where: { id: { in: locked.map((row) => row.id) } } });
}

async function noteHeld(
  engine: Telling,
  tx: Transaction,
  own: Domain,
  findings: DomainFindings,
  now: Date,
): Promise<Noted> {
  const standing = judgeHeld(own, findings, now);
  await write(tx, own, standing, findings, now);
  if (own.status !== standing.status && standing.status === 'ACTIVE') {
    await retryCertificate(tx, own.name, now);
    await append(tx, 'domain.active', own);
  }
  if (own.status !== standing.status && standing.status === 'MISCONFIGURED') {
    await append(tx, 'domain.misconfigured', own);
  }
  const { lostAt } = standing;
  if (own.lostAt === null && lostAt) await append(tx, 'domain.proof_lost', own);
  const mailIds = lostAt && isToBeTold(own, lostAt, now) ? await tellOfLoss(engine, tx, own, { lostAt, now }) : [];
  return { projectIds: [own.projectId], route: null, mailIds };
}

/** A proof that comes and goes is told of once a day by mail. */
const toldEveryMs = 86_400_000;

/** Each loss is told once. One that follows another soon is told at a later look, if it lasts. */
function isToBeTold({ lossToldAt }: Domain, lostAt: Date, now: Date): boolean {
  return lossToldAt === null || (lossToldAt < lostAt && now.getTime() - lossToldAt.getTime() >= toldEveryMs);
}

async function tellOfLoss(
  engine: Telling,
  tx: Transaction,
  own: Domain,
  { lostAt, now }: { readonly lostAt: Date; readonly now: Date },
): Promise<readonly string[]> {
  await tx.domain.update({ where: { id: own.id }, data: { lossToldAt: now } });
  const { publicUrl } = engine.settings;
  const told = { name: own.name, proof: own.proof, lostAt, publicUrl };
  return queueMails(engine, tx, await whoSeesToDomains(tx, own.organizationId), (to) => lossMail({ ...told, to }));
}

type Changes = Partial<Pick<Domain, 'status' | 'problem' | 'activeAt' | 'astrayAt' | 'lostAt'>>;

async function write(tx: Transaction, own: Domain, changes: Changes, findings: DomainFindings, now: Date) {
  const data = {
    ...changes,
    findings,
    checkedAt: now,
    nextCheckAt: nextCheckAt({ ...own, ...changes }, findings, now),
  };
  await tx.domain.update({ where: { id: own.id }, data });
}

/** From now on the name leads where the claim's environment does. Other claims hear of it once they are proven. */
async function take(tx: Transaction, own: Domain, now: Date): Promise<void> {
  await tx.domain.update({ where: { id: own.id }, data: { verifiedAt: now } });
  await handOverRoute(tx, own.name, own);
  await leadDomains(tx, own.environmentId);
}

/** The name is no longer this claim's: whoever takes it takes its route over. */
async function release(tx: Transaction, holder: Domain): Promise<void> {
  const fallen = { status: 'PENDING_DNS', problem: 'TAKEN_BY_ANOTHER' } as const;
  const data = { ...fallen, verifiedAt: null, activeAt: null, astrayAt: null, lostAt: null };
  await tx.domain.update({ where: { id: holder.id }, data });
}

/** Behind the routes, and streams in the order of their ids: so does everybody who locks several. */
async function appendTaken(tx: Transaction, own: Domain, holder: Domain | undefined): Promise<void> {
  const released = holder ? [{ type: 'domain.released', of: holder }] : [];
  const events = [{ type: 'domain.verified', of: own }, ...released];
  const sorted = events.toSorted((one, other) => (one.of.projectId < other.of.projectId ? -1 : 1));
  for (const { type, of } of sorted) await append(tx, type, of);
}

function append(tx: Transaction, type: string, { id, organizationId, projectId, environmentId, name }: Domain) {
  const data = { name, domainId: publicId('Domain', id) };
  return appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type,
    subjectId: environmentId,
    data,
  });
}
