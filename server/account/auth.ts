import { hkdfSync } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { newId } from '@apployd/core/id';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { bearer } from 'better-auth/plugins/bearer';
import type { ServerSettings } from '../config.js';

export type Auth = ReturnType<typeof createAuth>;

export const passwordLength = { min: 10, max: 128 } as const;

/** Users, sessions and passwords, kept in the tables of this database or transaction. Its HTTP routes are not mounted. */
export function createAuth(
  db: Db | Transaction,
  settings: Pick<ServerSettings, 'APPLOYD_SECRET' | 'APPLOYD_PUBLIC_URL'>,
) {
  return betterAuth({
    database: prismaAdapter(db, { provider: 'postgresql', transaction: false }),
    baseURL: settings.APPLOYD_PUBLIC_URL,
    secret: signingSecret(settings.APPLOYD_SECRET),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      // Counted in UTF-16 units, of which a character has up to two.
      maxPasswordLength: 2 * passwordLength.max,
      // The defaults are argon2id with 19 MiB and two passes, as OWASP advises.
      password: { hash: (password) => hash(password), verify: ({ hash: kept, password }) => verify(kept, password) },
    },
    advanced: {
      cookiePrefix: 'apployd',
      database: { generateId: () => newId() },
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true },
    },
    plugins: [bearer()],
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

/** The newest of the configured secrets, bound to this use. */
function signingSecret(configured: string): string {
  const [newest = configured] = configured.split(',');
  return Buffer.from(hkdfSync('sha256', newest.trim(), '', 'apployd sessions', 32)).toString('hex');
}
