import { redirect } from '@remix-run/node';
import type { Api, Call } from './api.server.js';
import { apiOf } from './api.server.js';
import type { Problem } from './problem.js';

/** Signs in or up and goes to where the visitor wanted to be, with the session's cookie; or says what is wrong. */
export async function enter(
  call: Call,
  attempt: (apployd: Api['apployd'], form: FormData) => Promise<{ readonly __typename: string }>,
): Promise<Response | { readonly problem: Problem; readonly typed: Readonly<Record<string, string>> }> {
  const api = apiOf(call);
  const form = await call.request.formData();
  const { problem } = await api.attempt(attempt(api.apployd, form));
  if (!problem) return redirect(targetOf(call.request), { headers: api.cookies });
  const typed = ['name', 'email', 'organizationName'].map((name) => [name, textIn(form, name)] as const);
  return { problem, typed: Object.fromEntries(typed) };
}

export const textIn = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

/** Only a path of ours: nobody is led to another site by a link to sign in. */
export function targetOf(request: Request): string {
  const to = new URL(request.url).searchParams.get('to') ?? '/';
  return /^\/(?![/\\])[^\\]*$/.test(to) ? to : '/';
}
