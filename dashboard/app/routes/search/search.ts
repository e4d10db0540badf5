import type { LoaderFunctionArgs } from '@remix-run/node';
import { OrganizationDeploymentListDocument } from '@apployd/sdk/documents';
import { signedIn } from '../../api/api.server.js';

/** As many as one request may ask for within the API's limit on cost. */
const amounts = { projects: 25, deployments: 4 };

/** The newest deployments of each project, for the palette. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ ask }) => {
    const by = { slug: call.params.org ?? '' };
    const { data } = await ask(OrganizationDeploymentListDocument, { by, ...amounts });
    return Response.json(data.organization?.projects.nodes ?? []);
  });
