import type { LoaderFunctionArgs } from '@remix-run/node';
import { OrganizationEventPageDocument } from '@apployd/sdk/documents';
import { notFound, signedIn } from '../../api/api.server.js';

const eventsAtOnce = 50;

/** Events of an organization that came before those that a page shows. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ ask }) => {
    const before = new URL(call.request.url).searchParams.get('before');
    const by = { slug: call.params['org'] ?? '' };
    const { data } = await ask(OrganizationEventPageDocument, { by, before, last: eventsAtOnce });
    const events = data.organization?.events;
    if (!events) throw notFound();
    return Response.json(events);
  });
