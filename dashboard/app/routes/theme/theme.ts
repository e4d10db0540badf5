import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { isTheme, themeCookie } from '../../shell/theme.js';

export const loader = () => redirect('/');

/** Keeps the chosen theme, also where no script runs. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const theme = (await request.formData()).get('theme');
  return redirect('/account', { headers: isTheme(theme) ? { 'set-cookie': themeCookie(theme) } : {} });
}
