import { ValidationError } from '@apployd/core/refusal';
import { isAPIError } from 'better-auth/api';
import type { Context } from '../context.js';
import { viewerOf } from '../access/viewer.js';
import { passwordLength } from './auth.js';
import { hashSessionToken } from './hash-session-tokens.js';

/** A new session. An unknown address and a wrong password get the same answer, after the same work. */
export async function signIn(
  context: Context,
  { email, password }: { readonly email: string; readonly password: string },
) {
  const address = email.trim().toLowerCase();
  await context.attempts.signIn(context, address);
  if (password.length > 2 * passwordLength.max || address.length > 254) throw refused();
  const { response, headers } = await context.auth.api
    .signInEmail({ body: { email: address, password }, returnHeaders: true })
    .catch((error: unknown) => {
      throw isAPIError(error) && error.statusCode < 500 ? refused() : error;
    });
  const session = await context.db.session.findUniqueOrThrow({
    where: { token: hashSessionToken(response.token) },
    select: { id: true },
  });
  context.setCookies(headers.getSetCookie());
  context.viewer = viewerOf(context.db, response.user.id, { kind: 'session', id: session.id });
  return { userId: response.user.id, token: response.token };
}

function refused(): ValidationError {
  const message = 'This e-mail address and password do not belong together.';
  return new ValidationError([{ path: [], rule: 'BAD_CREDENTIALS', message }]);
}
