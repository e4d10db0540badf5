import type { ActionFunctionArgs } from '@remix-run/node';
import type { TokenScope } from '@apployd/sdk';
import { signedIn } from '../../api/api.server.js';
import type { Problem } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';

export type TokensAnswer =
  | { readonly problem: Problem; readonly intent: string }
  | { readonly problem: null; readonly made: { readonly name: string; readonly secret: string } | null };

const dayMs = 24 * 60 * 60_000;

/** Makes a token, whose secret is shown by the page that comes, and by none after it; or ends one. */
export const actOnTokens = (call: ActionFunctionArgs): Promise<TokensAnswer> =>
  signedIn(call, async ({ apployd, attempt }) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    if (intent === 'revoke') {
      const { problem } = await attempt(apployd.try.tokens.revoke({ tokenId: textIn(form, 'tokenId') }));
      return problem ? { problem, intent } : { problem: null, made: null };
    }
    const { granted, problem } = await attempt(apployd.try.tokens.create(inputOf(form)));
    if (problem) return { problem, intent };
    const { secret, token } = granted;
    return { problem: null, made: secret === null ? null : { name: token.name, secret } };
  });

function inputOf(form: FormData) {
  const days = Number(textIn(form, 'days'));
  return {
    organizationId: textIn(form, 'organizationId'),
    name: textIn(form, 'name'),
    scopes: form.getAll('scopes').map((scope) => String(scope) as TokenScope),
    projectId: textIn(form, 'projectId') || null,
    expiresAt: days > 0 ? new Date(Date.now() + days * dayMs).toISOString() : null,
  };
}
