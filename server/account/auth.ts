import { hash, verify } from '@node-rs/argon2';
import { newId } from '@apployd/core/id';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { Auth as BetterAuth, BetterAuthOptions } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { betterAuth } from 'better-auth/minimal';
import { bearer } from 'better-auth/plugins/bearer';
import type { ServerSettings } from '../config.js';
import { authSecrets } from './auth-secrets.js';
import { hashSessionTokens } from './hash-session-tokens.js';

export type Auth = BetterAuth<ReturnType<typeof optionsOf>>;
type AuthSettings = Pick<ServerSettings, 'APPLOYD_SECRET' | 'APPLOYD_PUBLIC_URL'>;

export const passwordLength = { min: 10, max: 128 } as const;

/** Users, sessions and passwords, kept in the tables of this database or transaction. Its HTTP routes are not mounted. */
export function createAuth(db: Db | Transaction, settings: AuthSettings, passwordHash?: string): Auth {
  return betterAuth(optionsOf(db, settings, passwordHash));
}

/** argon2id with 19 MiB and two passes, the defaults, as OWASP advises. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

function optionsOf(db: Db | Transaction, settings: AuthSettings, passwordHash: string | undefined) {
  const secrets = authSecrets(settings.APPLOYD_SECRET);
  const isHttps = settings.APPLOYD_PUBLIC_URL.startsWith('https:');
  return {
    database: hashSessionTokens(prismaAdapter(db, { provider: 'postgresql', transaction: false })),
    baseURL: settings.APPLOYD_PUBLIC_URL,
    secrets: secrets.map(({ version, value }) => ({ version, value })),
    // Opens what was encrypted without a version beside it.
    secret: secrets.at(-1)?.value,
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      // Counted in UTF-16 units, of which a character has up to two.
      maxPasswordLength: 2 * passwordLength.max,
      password: {
        hash: async (password) => passwordHash ?? hashPassword(password),
        verify: ({ hash: kept, password }) => verify(kept, password),
      },
    },
    advanced: {
      cookiePrefix: 'apployd',
      database: { generateId: () => newId() },
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true, secure: isHttps },
      // Its own prefix would be __Secure-, which another host below the same domain, such as an app, may set too.
      useSecureCookies: false,
      cookies: isHttps ? { session_token: { name: '__Host-apployd.session_token' } } : undefined,
    },
    plugins: [bearer()],
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions;
}
