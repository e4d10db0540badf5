import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../api/api.server.js';
import type { Problem } from '../api/problem.js';
import { textIn } from '../api/session.server.js';

export type Refused = { readonly problem: Problem; readonly intent: string };

/** What the buttons of a project's pages ask for: each ends on the page of a deployment, or says why not. */
export const act = (call: ActionFunctionArgs): Promise<Response | Refused> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const { granted, problem } = await ask(api, intent, form);
    if (problem) return { problem, intent };
    return redirect(`/${call.params.org}/${call.params.project}/deployments/${granted.deployment.number}`);
  });

function ask({ apployd, attempt }: Api, intent: string, form: FormData) {
  const { deployments } = apployd.try;
  const environmentId = textIn(form, 'environmentId');
  const deploymentId = textIn(form, 'deploymentId');
  if (intent === 'cancel') return attempt(deployments.cancel(deploymentId));
  if (intent === 'rollback')
    return attempt(deployments.rollback({ environmentId, toDeploymentId: deploymentId || null }));
  const ref = textIn(form, 'ref').trim();
  return attempt(deployments.create({ environmentId, source: { git: { ref: ref || null } } }));
}
