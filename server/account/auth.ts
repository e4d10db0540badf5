import { newId } from '@apployd/core/id';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { Auth as BetterAuth, BetterAuthOptions } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { betterAuth } from 'better-auth/minimal';
import { bearer } from 'better-auth/plugins/bearer';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { ServerSettings } from '../config.js';
import { authSecrets } from './auth-secrets.js';
import { hashSessionTokens } from './hash-session-tokens.js';
import { hashPassword, passwordLength, verifyPassword } from './password/password.js';
import { quietStorages } from './quiet-storages.js';
import { newRecoveryCodes } from './second-factor/recovery-code.js';

export type Auth = BetterAuth<ReturnType<typeof optionsOf>>;
export type AuthSettings = Pick<ServerSettings, 'APPLOYD_SECRET' | 'APPLOYD_PUBLIC_URL'>;

/** Passwords take their time, which no transaction should: they are seen to before, and what came of it is handed in. */
export type Prepared = {
  /** Of the new password. */
  readonly newHash?: string;
  /** The hash that the password was found to belong to: it counts as long as it is the one that is kept. */
  readonly provenHash?: string | null;
};

/** How long somebody may take from the password to the code. */
export const challengeMs = 10 * 60_000;

/** Users, sessions and second factors, kept in the tables of this database or transaction. Its HTTP routes are not mounted. */
export function createAuth(db: Db | Transaction, settings: AuthSettings, prepared: Prepared = {}): Auth {
  quietStorages();
  return betterAuth(optionsOf(db, settings, prepared));
}

function optionsOf(db: Db | Transaction, settings: AuthSettings, { newHash, provenHash }: Prepared) {
  const secrets = authSecrets(settings.APPLOYD_SECRET);
  const isHttps = settings.APPLOYD_PUBLIC_URL.startsWith('https:');
  return {
    appName: 'Apployd',
    database: hashSessionTokens(prismaAdapter(db, { provider: 'postgresql', transaction: false })),
    baseURL: settings.APPLOYD_PUBLIC_URL,
    secrets: secrets.map(({ version, value }) => ({ version, value })),
    // Opens what was encrypted without a version beside it.
    secret: secrets.at(-1)?.value,
    verification: { storeIdentifier: 'hashed' },
    session: { additionalFields: { lastSeenAt: { type: 'date', required: false, input: false } } },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      // Counted in UTF-16 units, of which a character has up to two.
      maxPasswordLength: 2 * passwordLength.max,
      password: {
        hash: async (password) => newHash ?? hashPassword(password),
        verify: async ({ hash, password }) =>
          provenHash === undefined ? verifyPassword(hash, password) : hash === provenHash,
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
    plugins: [
      bearer(),
      twoFactor({
        issuer: issuerOf(settings.APPLOYD_PUBLIC_URL),
        twoFactorCookieMaxAge: challengeMs / 1000,
        backupCodeOptions: { storeBackupCodes: 'encrypted', customBackupCodesGenerate: newRecoveryCodes },
      }),
    ],
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions;
}

/** Under which name an authenticator shows the account: people may have one at several installations. */
function issuerOf(publicUrl: string): string {
  return `Apployd (${new URL(publicUrl).host})`;
}
