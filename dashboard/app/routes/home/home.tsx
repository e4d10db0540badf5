import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { signedIn } from '../../api/api.server.js';

/** Nobody stays here: it leads to the organization, or to signing in. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    const { organizations } = await apployd.account.viewer();
    const [first] = organizations.nodes;
    return redirect(first ? `/${first.slug}` : '/account');
  }).catch((error: unknown) => {
    // Without a session `viewer` is absent rather than refused.
    if (error instanceof Response && error.status === 404) throw redirect('/login');
    throw error;
  });
