import { publicId } from '@apployd/core/id';
import { signedIn, type Context } from '../../context.js';
import { createAuth } from '../auth.js';
import { onlyCredentials } from '../authenticate.js';
import { performProven } from '../password/perform-proven.js';
import { notOn, type WithPassword } from './enable.js';

/** New recovery codes, shown once; those of before are worth nothing. */
export async function renewRecoveryCodes(context: Context, input: WithPassword) {
  const { userId } = signedIn(context);
  const { password } = input;
  let shown: { readonly recoveryCodes: readonly string[] | null } = { recoveryCodes: null };
  const act = { mutation: 'accountRecoveryCodesRegenerate', input, password, field: 'password' };
  const made = await performProven(context, act, async (tx, provenHash) => {
    const { twoFactorEnabled } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (!twoFactorEnabled) throw notOn();
    const renewed = await createAuth(tx, context.settings, { provenHash }).api.generateBackupCodes({
      body: { password },
      headers: onlyCredentials(context.headers),
    });
    shown = { recoveryCodes: renewed.backupCodes };
    return { result: {}, audit: { target: publicId('User', userId) } };
  });
  return { ...made, ...shown };
}
