import { ApploydError, AuthenticationError, RateLimitError } from '@apployd/sdk';
import type { Problem } from './problem.js';

type Refusal = {
  readonly __typename: string;
  readonly message: string;
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
};

/** A refusal of the API as a form shows it; what it grants passes by as null. */
export function problemOf(result: { readonly __typename: string }): Problem | null {
  if (!isRefusal(result)) return null;
  const fields = (result.issues ?? []).map(({ path, message }) => [path.join('.'), message] as const);
  return { message: result.message, fields: Object.fromEntries(fields.reverse()), kind: result.__typename };
}

/** What broke on the way to an answer, as a form shows it. An ended session is not for a form: it is thrown on. */
export function problemOfError(error: unknown): Problem {
  if (!(error instanceof ApploydError) || error instanceof AuthenticationError) throw error;
  const message =
    error instanceof RateLimitError
      ? `Too many attempts. Try again in ${Math.ceil((error.retryAfterMs ?? 1_000) / 1_000)} s.`
      : error.message;
  return { message, fields: {}, kind: error.name };
}

function isRefusal(result: { readonly __typename: string }): result is Refusal {
  return 'message' in result && 'code' in result;
}
