import { ForbiddenError } from '@apployd/core/refusal';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { ServerSettings } from '../config.js';
import { pendingInvitation } from '../organization/accept-invitation.js';
import { normalEmail } from './email.js';
import { hasOperator } from './first-account.js';

type Applicant = { readonly email: string; readonly invitation?: string | null };

/**
 * Refuses who may not make an account here: where sign-up is closed anybody, where it is for the invited whoever has no
 * invitation. One that comes along must be good, also where none is needed. The first account is always let in.
 */
export async function requireAdmission(
  db: Db | Transaction,
  { SERVER_SIGN_UP: mode }: Pick<ServerSettings, 'SERVER_SIGN_UP'>,
  { email, invitation }: Applicant,
): Promise<void> {
  if (mode === 'closed' && (await hasOperator(db))) {
    throw new ForbiddenError('Nobody can make an account here: sign-up is closed. Ask who runs this platform.');
  }
  if (invitation != null) return void (await pendingInvitation(db, invitation, normalEmail(email)));
  if (mode === 'invited' && (await hasOperator(db))) {
    throw new ForbiddenError('Accounts here are by invitation. Ask a member of an organization to invite you.');
  }
}
