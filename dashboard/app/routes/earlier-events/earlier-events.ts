import type { LoaderFunctionArgs } from '@remix-run/node';
import { ProjectEventPageDocument } from '@apployd/sdk/documents';
import { notFound, signedIn } from '../../api/api.server.js';

const eventsAtOnce = 50;

/** Events of a project that came before those that a page shows. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ ask }) => {
    const { searchParams } = new URL(call.request.url);
    const { data } = await ask(ProjectEventPageDocument, {
      projectId: searchParams.get('project') ?? '',
      before: searchParams.get('before'),
      last: eventsAtOnce,
    });
    if (!data.project) throw notFound();
    return Response.json(data.project.events);
  });
