import { publicId } from '@apployd/core/id';
import { signedIn, type Context } from '../../context.js';
import { performProven } from '../password/perform-proven.js';
import { queueNotice } from '../queue-notice.js';
import { endSessions } from '../session/sign-out-everywhere.js';
import { notOn, type WithPassword } from './enable.js';

/** Turns the second factor off, and ends the other sessions; or forgets one that was begun. Its recovery codes are worth nothing then. */
export async function disableTwoFactor(context: Context, input: WithPassword) {
  const { userId, credential } = signedIn(context);
  const act = { mutation: 'accountTwoFactorDisable', input, password: input.password, field: 'password' };
  return performProven(context, act, async (tx) => {
    const { count } = await tx.twoFactor.deleteMany({ where: { userId } });
    if (count === 0) throw notOn();
    const { twoFactorEnabled: wasOn } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await tx.user.update({ where: { id: userId }, data: { twoFactorEnabled: false } });
    const endedSessions = wasOn ? await endSessions(tx, userId, credential.id) : 0;
    if (wasOn) await queueNotice(tx, context, userId, 'twoFactorDisabled');
    return { result: {}, audit: { target: publicId('User', userId), before: { wasOn }, after: { endedSessions } } };
  });
}
