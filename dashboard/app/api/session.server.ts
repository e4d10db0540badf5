import { redirect } from '@remix-run/node';
import type { Api, Call } from './api.server.js';
import { apiOf } from './api.server.js';
import type { Problem } from './problem.js';

type Typed = Readonly<Record<string, string>>;

/** Why nobody is in yet: a code is asked for, or something is wrong, or both. */
export type NotIn = {
  readonly problem: Problem | null;
  /** What a code is to be sent along with. */
  readonly challenge: string | null;
  readonly typed: Typed;
};

type Tried = { readonly __typename: string; readonly challenge?: string };

/** Signs in or up and goes to where the visitor wanted to be, with the session's cookie; or says what is missing. */
export async function enter(
  call: Call,
  attempt: (apployd: Api['apployd'], form: FormData) => Promise<Tried>,
): Promise<Response | NotIn> {
  const api = apiOf(call);
  const form = await call.request.formData();
  const { granted, problem } = await api.attempt(attempt(api.apployd, form));
  const challenge = granted?.challenge ?? challengeStillGood(form, problem);
  if (!problem && challenge === null) return redirect(targetOf(call.request), { headers: api.cookies });
  const typed = ['name', 'email', 'organizationName'].map((name) => [name, textIn(form, name)] as const);
  return { problem, challenge, typed: Object.fromEntries(typed) };
}

/** After a wrong code the next one is asked for; once the challenge itself is refused, the password again. */
function challengeStillGood(form: FormData, problem: Problem | null): string | null {
  const challenge = textIn(form, 'challenge');
  return challenge === '' || !problem || problem.fields.challenge !== undefined ? null : challenge;
}

export const textIn = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

/** Only a path of ours: nobody is led to another site by a link to sign in. */
export function targetOf(request: Request): string {
  const to = new URL(request.url).searchParams.get('to') ?? '/';
  // Browsers read a backslash as a slash, and drop tabs and ends of lines.
  if (!to.startsWith('/') || /[\p{Cc}\\]/u.test(to) || !URL.canParse(to, ours)) return '/';
  const { origin, pathname, search } = new URL(to, ours);
  // `/.//evil.example` is a path of ours until its dot is resolved.
  return origin === ours && !pathname.startsWith('//') ? pathname + search : '/';
}

/** Any origin: what is asked for has none, and must not bring one. */
const ours = 'http://ours.invalid';
