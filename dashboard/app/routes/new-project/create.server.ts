import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import { type Problem, problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { amountOf, mapResources, type Resources, resourceKinds, resourceNames } from '../../pool/resources.js';
import { variablesIn } from '../../variables/parse.js';

type Refused = {
  readonly problem: Problem;
  readonly typed: Readonly<Record<string, string>>;
};

const fields = ['name', 'repositoryUrl', 'branch', 'rootDirectory', 'port', ...resourceNames];

/** Makes the project, sets its variables, starts its first deployment and goes to its page; or says what is wrong with which field. */
export const createAndDeploy = (call: ActionFunctionArgs): Promise<Response | Refused> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const typed = Object.fromEntries(fields.map((name) => [name, textIn(form, name)]));
    const resources = resourcesIn(form);
    if ('problem' in resources) return { problem: resources.problem, typed };
    const { granted, problem } = await api.attempt(createProject(api.apployd, form, resources));
    if (problem) return { problem, typed };
    const refused = await start(api, granted.productionEnvironment.id, form);
    const home = `/${call.params.org}/${granted.project.slug}`;
    if (typeof refused !== 'number')
      return redirect(`${home}/variables?${new URLSearchParams({ refused: refused.message })}`);
    return redirect(`${home}/deployments/${refused}`);
  });

function createProject(apployd: Api['apployd'], form: FormData, resources: Resources) {
  const port = textIn(form, 'port').trim();
  return apployd.try.projects.create({
    organizationId: textIn(form, 'organizationId'),
    name: textIn(form, 'name'),
    repositoryUrl: textIn(form, 'repositoryUrl').trim(),
    defaultBranch: textIn(form, 'branch').trim() || null,
    settings: {
      rootDirectory: textIn(form, 'rootDirectory').trim() || null,
      ...(port ? { port: Number.isInteger(Number(port)) ? Number(port) : 0 } : {}),
    },
    resources,
  });
}

/** The number of the first deployment, or why there is none. */
async function start({ apployd, attempt }: Api, environmentId: string, form: FormData): Promise<number | Problem> {
  const variables = variablesIn(form);
  if (variables.length > 0) {
    const { problem } = await attempt(apployd.try.variables.set({ environmentId, variables }));
    if (problem) return problem;
  }
  const { granted, problem } = await attempt(apployd.try.deployments.create({ environmentId }));
  return problem ?? granted.deployment.number;
}

function resourcesIn(form: FormData): Resources | { readonly problem: Problem } {
  const wrong = resourceNames.filter((name) => amountOf(name, textIn(form, name)) === null);
  if (wrong.length === 0) return mapResources((name) => amountOf(name, textIn(form, name)) ?? 0);
  const problems = wrong.map((name) => [
    `resources.${name}`,
    `Type a number of ${resourceKinds[name].unitName}, such as 0.5 or 512.`,
  ]);
  return { problem: problemWith('One of the amounts is not a number.', Object.fromEntries(problems)) };
}
