import { redirect } from '@remix-run/node';
import { NotFoundError } from '@apployd/sdk';
import { type Call, loginFor, signedIn } from '../../api/api.server.js';
import { singleKeysAreOn } from '../../keys/single-keys.js';
import { themeOf } from '../../shell/theme.js';

/** Those that are looked at; the API has the others. */
const mostEvents = 20;

/** All that the page of an account shows. */
export const loadAccount = (call: Call) =>
  signedIn(call, async ({ apployd: { account } }) => {
    // Without a session the viewer is absent rather than refused.
    const viewer = await account.viewer().catch((error: unknown) => {
      if (error instanceof NotFoundError) throw redirect(loginFor(call.request));
      throw error;
    });
    const [own, sessions, events] = await Promise.all([
      account.get(),
      account.sessions(),
      account.securityEvents().toArray({ limit: mostEvents }),
    ]);
    return {
      own,
      sessions,
      events,
      organizations: viewer.organizations.nodes,
      theme: themeOf(call.request),
      singleKeys: singleKeysAreOn(call.request.headers.get('cookie')),
    };
  });
