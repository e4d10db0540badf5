import { newId, publicId } from '@apployd/core/id';
import type { AccountLinkPurpose } from '@apployd/prisma/generated/client/client';
import { hashPassword } from '../account/password/password.js';
import { hashSecret, newSecret } from '../secret.js';
import type { Act } from './act.js';
import { mutate } from './client.js';
import { aPerson, password, uuid, type Person } from './make.js';
import { codeOf, signInAs, withSecondFactor } from './sign-in.js';
import { aUserRow, type World } from './world.js';

const hourMs = 60 * 60_000;

/** Of the mutations that change somebody's own account each one in which it has an effect. */
export const accountActs: Readonly<Record<string, Act>> = {
  accountUpdate: {
    mutation: 'accountUpdate',
    asks: 'session',
    input: ({ next }) => ({ name: `Name ${next()}` }),
    tells: ['before', 'after'],
  },
  accountVerificationSend: {
    mutation: 'accountVerificationSend',
    asks: 'session',
    input: async ({ server }, as) => {
      await server.db.user.update({ where: { id: uuid(as.userId) }, data: { emailVerified: false } });
      return {};
    },
    tells: ['after'],
  },
  accountEmailVerify: {
    mutation: 'accountEmailVerify',
    asks: 'session',
    input: async (world, as) => ({ token: await aLink(world, 'VERIFY_EMAIL', as) }),
    tells: ['before', 'after'],
  },
  accountPasswordChange: {
    mutation: 'accountPasswordChange',
    asks: 'session',
    input: async (world, as) => {
      await settle(world, as);
      return { currentPassword: password, newPassword: `another password ${world.next()}` };
    },
    tells: ['after'],
  },
  accountPasswordResetRequest: {
    mutation: 'accountPasswordResetRequest',
    asks: 'anybody',
    input: ({ next }) => ({ email: `nobody-${next()}@example.com` }),
    tells: [],
  },
  accountPasswordReset: {
    mutation: 'accountPasswordReset',
    asks: 'anybody',
    input: async (world) => ({ token: await aLink(world, 'RESET_PASSWORD'), newPassword: 'another password' }),
    tells: [],
  },
  accountSessionRevoke: {
    mutation: 'accountSessionRevoke',
    asks: 'session',
    input: async (world, as) => ({ sessionId: await aSession(world, as) }),
    tells: [],
  },
  accountSignOutEverywhere: {
    mutation: 'accountSignOutEverywhere',
    asks: 'session',
    input: async (world, as) => {
      await aSession(world, as);
      return { includingThis: false };
    },
    tells: ['after'],
  },
  accountTwoFactorEnable: {
    mutation: 'accountTwoFactorEnable',
    asks: 'session',
    input: async (world, as) => {
      await settle(world, as);
      return { password };
    },
    tells: [],
  },
  accountTwoFactorConfirm: {
    mutation: 'accountTwoFactorConfirm',
    asks: 'session',
    input: async (world, as) => {
      await settle(world, as);
      const selection = '... on AccountTwoFactorEnablePayload { otpauthUri }';
      const begun = await mutate(world.server, as.token, 'accountTwoFactorEnable', { password }, selection);
      return { code: await codeOf(begun.otpauthUri) };
    },
    tells: ['after'],
  },
  accountTwoFactorDisable: {
    mutation: 'accountTwoFactorDisable',
    asks: 'session',
    input: async (world, as) => {
      await settle(world, as);
      await withSecondFactor(world.server, as);
      return { password };
    },
    tells: ['after', 'before'],
  },
  accountRecoveryCodesRegenerate: {
    mutation: 'accountRecoveryCodesRegenerate',
    asks: 'session',
    input: async (world, as) => {
      await settle(world, as);
      await withSecondFactor(world.server, as);
      return { password };
    },
    tells: [],
  },
  accountSignInVerify: {
    mutation: 'accountSignInVerify',
    payload: 'AccountSignInPayload',
    asks: 'anybody',
    input: async ({ server }) => {
      const person = await aPerson(server);
      const { recoveryCodes } = await withSecondFactor(server, person);
      const { challenge } = await signInAs(server, person);
      return { challenge, code: recoveryCodes[0] };
    },
    tells: [],
  },
};

let hash: Promise<string> | undefined;

/** The person's password is the one that tests know, and signing in asks for nothing else. */
export async function settle({ server: { db } }: World, person: Person): Promise<void> {
  const userId = uuid(person.userId);
  const data = { password: await (hash ??= hashPassword(password)) };
  await db.account.updateMany({ where: { userId, providerId: 'credential' }, data });
  await db.twoFactor.deleteMany({ where: { userId } });
  await db.user.update({ where: { id: userId }, data: { twoFactorEnabled: false } });
}

/** Secret of a link that was sent to the person, or else to somebody. */
async function aLink({ server }: World, purpose: AccountLinkPurpose, person?: Person): Promise<string> {
  const userId = uuid(person?.userId ?? (await aUserRow(server)));
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + hourMs);
  const email = person?.email ?? `${userId}@example.com`;
  await server.db.accountLink.create({ data: { userId, purpose, email, secretHash: hashSecret(secret), expiresAt } });
  return secret;
}

/** One more session of the person, from elsewhere. */
async function aSession({ server: { db } }: World, { userId }: Person): Promise<string> {
  const id = newId();
  await db.session.create({ data: { id, userId: uuid(userId), token: id, expiresAt: new Date(Date.now() + hourMs) } });
  return publicId('Session', id);
}
