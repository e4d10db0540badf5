import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../api/api.server.js';
import type { Problem } from '../api/problem.js';
import { textIn } from '../api/session.server.js';
import { addressIn, addressOf } from './address.js';

export type Refused = { readonly problem: Problem; readonly intent: string };

/** What the buttons of a project's pages ask for: each ends on the page of a deployment or of the project, or says why not. */
export const act = (call: ActionFunctionArgs): Promise<Response | Refused> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const { org = '', project = '' } = call.params;
    const run = runs.get(intent);
    if (run) {
      const { problem } = await run(api, textIn(form, 'environmentId'));
      return problem ? { problem, intent } : redirect(addressIn(call.params));
    }
    const { granted, problem } = await ask(api, intent, form);
    if (problem) return { problem, intent };
    const { number, environment } = granted.deployment;
    return redirect(`${addressOf(org, project, environment.slug)}/deployments/${number}`);
  });

type Run = (api: Api, environmentId: string) => Promise<{ readonly problem: Problem | null }>;

const runs: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['restart', ({ apployd, attempt }, id) => attempt(apployd.try.environments.restart(id))],
  ['stop', ({ apployd, attempt }, id) => attempt(apployd.try.environments.stop(id))],
  ['sleep', ({ apployd, attempt }, id) => attempt(apployd.try.environments.sleep(id))],
  ['wake', ({ apployd, attempt }, id) => attempt(apployd.try.environments.wake(id))],
  ['resume', ({ apployd, attempt }, id) => attempt(apployd.try.environments.resumeAutoDeploy(id))],
  ['restore-environment', ({ apployd, attempt }, id) => attempt(apployd.try.environments.restore(id))],
  ['start', ({ apployd, attempt }, id) => attempt(apployd.try.environments.start(id))],
]);

function ask({ apployd, attempt }: Api, intent: string, form: FormData) {
  const { deployments } = apployd.try;
  const environmentId = textIn(form, 'environmentId');
  const deploymentId = textIn(form, 'deploymentId');
  if (intent === 'redeploy') return attempt(deployments.redeploy({ deploymentId }));
  if (intent === 'promote') return attempt(deployments.promote({ deploymentId, environmentId }));
  if (intent === 'cancel') return attempt(deployments.cancel(deploymentId));
  if (intent === 'rollout-promote') return attempt(deployments.promoteRollout(deploymentId));
  if (intent === 'rollout-abort') return attempt(deployments.abortRollout(deploymentId));
  if (intent === 'rollback') {
    const restoreVariables = form.get('restoreVariables') === 'on';
    return attempt(deployments.rollback({ environmentId, toDeploymentId: deploymentId || null, restoreVariables }));
  }
  const ref = textIn(form, 'ref').trim();
  return attempt(deployments.create({ environmentId, source: { git: { ref: ref || null } } }));
}
