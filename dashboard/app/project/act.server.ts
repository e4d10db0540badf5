import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../api/api.server.js';
import type { Problem } from '../api/problem.js';
import { problemOf, problemOfError } from '../api/problem.server.js';
import { textIn } from '../api/session.server.js';

export type Refused = { readonly problem: Problem; readonly intent: string };

/** What the buttons of a project's pages ask for: each ends on the page of a deployment, or says why not. */
export const act = (call: ActionFunctionArgs): Promise<Response | Refused> =>
  signedIn(call, async ({ apployd }) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const result = await attempt(apployd, intent, form).catch((error: unknown) => problemOfError(error));
    if ('kind' in result) return { problem: result, intent };
    const problem = problemOf(result);
    if (problem) return { problem, intent };
    const { deployment } = result as { deployment: { number: number } };
    return redirect(`/${call.params.org}/${call.params.project}/deployments/${deployment.number}`);
  });

type Apployd = Api['apployd'];

function attempt({ try: { deployments } }: Apployd, intent: string, form: FormData) {
  const environmentId = textIn(form, 'environmentId');
  const deploymentId = textIn(form, 'deploymentId');
  if (intent === 'cancel') return deployments.cancel(deploymentId);
  if (intent === 'rollback') return deployments.rollback({ environmentId, toDeploymentId: deploymentId || null });
  const ref = textIn(form, 'ref').trim();
  return deployments.create({ environmentId, source: { git: { ref: ref || null } } });
}
