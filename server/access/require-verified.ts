import type { Action } from '@apployd/core/access';
import { ForbiddenError } from '@apployd/core/refusal';
import type { Services } from '../context.js';
import type { ServerSettings } from '../config.js';
import type { Viewer } from './viewer.js';

/** Refuses what waits for a verified e-mail address to a person who has none yet, and to the tokens that act for them. */
export async function requireVerified(
  { db, settings }: Pick<Services, 'db' | 'settings'>,
  { userId }: Viewer,
  action: Action,
): Promise<void> {
  if (!waitsForVerification(settings, action)) return;
  const user = await db.user.findUnique({ where: { id: userId }, select: { emailVerified: true } });
  if (user?.emailVerified) return;
  const message =
    'Verify your e-mail address first: open the link in the mail that was sent to it, or ask for another with accountVerificationSend.';
  throw new ForbiddenError(message, { needsVerifiedEmail: true });
}

/** Where mails are really sent, strangers are neither written to nor let in by programs before their maker is known. */
const usual: readonly Action[] = ['member:invite', 'token:create'];

export function waitsForVerification(settings: ServerSettings, action: Action): boolean {
  return (settings.SERVER_VERIFIED_ONLY ?? (sendsMails(settings) ? usual : [])).includes(action);
}

/** Whether mails are really sent, so that who reads an address can show it. */
export function sendsMails({ MAIL_URL }: ServerSettings): boolean {
  return MAIL_URL !== undefined;
}
