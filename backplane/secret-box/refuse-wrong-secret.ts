import type { Db } from '@apployd/prisma/create-db';
import type { OrganizationKey } from '@apployd/prisma/generated/client/client';
import type { Logger } from '../log/logger.js';
import { wrapAnew } from './organization-keys.js';
import type { SecretBox } from './secret-box.js';

/**
 * Rejects when the platform's secret is not the one that the database's keys were wrapped with, so that nobody starts
 * to seal with another one. A database that does not answer now is asked nothing.
 */
export async function refuseWrongSecret(db: Db, platform: SecretBox, log: Logger): Promise<void> {
  for (const row of await oneOfEachSecret(db, log)) {
    try {
      wrapAnew(platform, row);
    } catch (cause) {
      throw new Error(
        'APPLOYD_SECRET does not open what this database holds: set the one that it was sealed with, or add that one behind a comma.',
        { cause },
      );
    }
  }
}

type KeyRow = Pick<OrganizationKey, 'organizationId' | 'number' | 'sealedKey'>;

/** In the middle of a rotation there are keys of several. */
function oneOfEachSecret(db: Db, log: Logger): Promise<KeyRow[]> {
  return db.$queryRaw<KeyRow[]>`
    SELECT DISTINCT ON (substring("sealedKey" FROM 1 FOR 5)) "organizationId", "number", "sealedKey"
    FROM "OrganizationKey"`.catch((err: unknown) => {
    log.warn({ err }, 'could not see whether APPLOYD_SECRET is the right one');
    return [];
  });
}
