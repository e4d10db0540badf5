import { newId } from '@apployd/core/id';
import { isReserved, slugFrom, slugWith } from '@apployd/core/slug';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';

/** An organization with its first owner, on the plan with this code; its id. */
export async function insertOrganization(
  tx: Transaction,
  { ownerId, name, planCode }: { readonly ownerId: string; readonly name: string; readonly planCode: string },
): Promise<string> {
  const id = newId();
  await tx.organization.create({
    data: {
      id,
      name,
      slug: await freeSlug(tx, slugFrom(name) ?? 'team'),
      plan: { connect: { code: planCode } },
      memberships: { create: { userId: ownerId, role: 'OWNER' } },
    },
  });
  await appendEvent(tx, {
    organizationId: id,
    streamId: id,
    kind: 'ORGANIZATION',
    type: 'organization.created',
    subjectId: id,
    actorId: ownerId,
  });
  return id;
}

/** The slug itself, or with random letters behind it: never a count, which would tell how many there are. */
async function freeSlug(tx: Transaction, slug: string): Promise<string> {
  const taken = await tx.organization.findUnique({ where: { slug }, select: { id: true } });
  return taken || isReserved('organization', slug) ? slugWith(slug, newId().slice(-6)) : slug;
}
