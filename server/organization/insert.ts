import { newId } from '@apployd/core/id';
import { ConflictError } from '@apployd/core/refusal';
import { isReserved, slugFrom, slugWith } from '@apployd/core/slug';
import type { Transaction } from '@apployd/prisma/create-db';
import { tellOrganization } from './tell.js';

type NewOrganization = {
  readonly ownerId: string;
  readonly name: string;
  /** Taken as it is or refused; one is made from the name when it is absent. */
  readonly slug?: string | null;
  readonly planCode: string;
};

/** An organization with its first owner, on the plan with this code. */
export async function insertOrganization(
  tx: Transaction,
  { ownerId, name, slug: wanted, planCode }: NewOrganization,
): Promise<{ readonly id: string; readonly slug: string }> {
  const id = newId();
  const slug = wanted ?? (await freeSlug(tx, slugFrom(name) ?? 'team'));
  if (wanted) await refuseTakenSlug(tx, wanted);
  await tx.organization.create({
    data: {
      id,
      name,
      slug,
      plan: { connect: { code: planCode } },
      memberships: { create: { userId: ownerId, role: 'OWNER' } },
    },
  });
  await tellOrganization(tx, id, {
    type: 'organization.created',
    subjectId: id,
    actorId: ownerId,
  });
  return { id, slug };
}

export async function refuseTakenSlug(tx: Transaction, slug: string): Promise<void> {
  if (await isTaken(tx, slug)) throw new ConflictError(`The slug ${slug} is taken. Choose another one.`);
}

/** The slug itself, or with random letters behind it: never a count, which would tell how many there are. */
async function freeSlug(tx: Transaction, slug: string): Promise<string> {
  const free = !isReserved('organization', slug) && !(await isTaken(tx, slug));
  return free ? slug : slugWith(slug, newId().slice(-6));
}

async function isTaken(tx: Transaction, slug: string): Promise<boolean> {
  return (await tx.organization.findUnique({ where: { slug }, select: { id: true } })) !== null;
}
