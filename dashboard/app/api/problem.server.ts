import { ApploydError, AuthenticationError, RateLimitError } from '@apployd/sdk';
import type { Problem } from './problem.js';

type Refusal = {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
};

/** What the API granted, or why it did not. */
export type Attempt<Result> =
  | { readonly granted: Exclude<Result, { readonly code: unknown; readonly message: string }>; readonly problem: null }
  | { readonly granted: null; readonly problem: Problem };

/** Waits for an answer. An ended session is for no form: it is thrown on. */
export async function attempt<Result extends { readonly __typename: string }>(
  call: Promise<Result>,
  requestId: () => string | null,
): Promise<Attempt<Result>> {
  try {
    const result = await call;
    if (isRefusal(result)) return { granted: null, problem: { ...refused(result), requestId: requestId() } };
    return { granted: result as Exclude<Result, { readonly code: unknown; readonly message: string }>, problem: null };
  } catch (error) {
    if (!(error instanceof ApploydError) || error instanceof AuthenticationError) throw error;
    return { granted: null, problem: problemOf(error) };
  }
}

function refused({ message, code, issues = [] }: Refusal) {
  const fields = issues.map(({ path, message: text }) => [path.join('.'), text] as const);
  return { message, fields: Object.fromEntries(fields.toReversed()), code };
}

/** What broke on the way to an answer. */
export function problemOf(error: ApploydError): Problem {
  const { code = codes[error.name] ?? error.name, requestId = null } = error as { code?: string; requestId?: string };
  return { message: sentenceOf(error), fields: {}, code, requestId };
}

const codes: Readonly<Record<string, string>> = { NetworkError: 'NO_ANSWER', TimeoutError: 'TIMEOUT' };

function sentenceOf(error: ApploydError): string {
  if (error instanceof RateLimitError)
    return `Too many attempts. Try again in ${Math.ceil((error.retryAfterMs ?? 1_000) / 1_000)} s.`;
  if (error.name === 'NetworkError') return 'The API does not answer. What you deployed keeps running; try again soon.';
  return error.message;
}

function isRefusal(result: { readonly __typename: string }): result is Refusal {
  return 'message' in result && 'code' in result;
}
