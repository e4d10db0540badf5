import type { LoaderFunctionArgs } from '@remix-run/node';
import { EnvironmentLogPageDocument } from '@apployd/sdk/documents';
import { notFound, signedIn } from '../../api/api.server.js';

const linesAtOnce = 250;

/** Lines of a runtime log that came before those that a page shows. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ ask }) => {
    const { searchParams } = new URL(call.request.url);
    const { data } = await ask(EnvironmentLogPageDocument, {
      environmentId: searchParams.get('environment') ?? '',
      before: searchParams.get('before'),
      last: linesAtOnce,
    });
    if (!data.environment) throw notFound();
    return Response.json(data.environment.logs);
  });
