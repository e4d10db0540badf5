import { publicId } from '@apployd/core/id';
import { wrapAnew } from '@apployd/backplane/secret-box/organization-keys';
import type { OrganizationKey } from '@apployd/prisma/generated/client/client';
import { opening, pageSize, resealEach, type Reseal, type Rotation } from './rotation.js';

/** Wraps the keys of organizations with the newest of the platform's secrets. The keys themselves stay. */
export const rewrapKeys: Reseal = (rotation, write) =>
  resealEach(staleKeys(rotation), nameOf, async (row) => {
    const sealedKey = opening(() => wrapAnew(rotation.platform, row));
    const { organizationId, number, sealedKey: former } = row;
    if (!write) return;
    await rotation.db.organizationKey.updateMany({
      where: { organizationId, number, sealedKey: former },
      data: { sealedKey },
    });
  });

async function* staleKeys({ db, platform }: Rotation): AsyncGenerator<readonly OrganizationKey[]> {
  let after: OrganizationKey | undefined;
  do {
    const page: OrganizationKey[] = await db.organizationKey.findMany({
      orderBy: [{ organizationId: 'asc' }, { number: 'asc' }],
      take: pageSize,
      ...(after && {
        cursor: { organizationId_number: { organizationId: after.organizationId, number: after.number } },
        skip: 1,
      }),
    });
    yield page.filter(({ sealedKey }) => !platform.isCurrent(sealedKey));
    after = page.length < pageSize ? undefined : page.at(-1);
  } while (after);
}

function nameOf({ organizationId, number }: OrganizationKey): string {
  return `key ${number} of organization ${publicId('Organization', organizationId)}`;
}
