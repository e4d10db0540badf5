import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { apiOf } from '../../api/api.server.js';

export const loader = () => redirect('/');

/** Ends the session. One that has ended already is what was wanted. */
export async function action(call: ActionFunctionArgs): Promise<Response> {
  const api = apiOf(call);
  await api.apployd.account.signOut().catch(() => undefined);
  return redirect('/login', { headers: api.cookies });
}
