import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import type { Problem } from '../../api/problem.js';
import { problemOf, problemOfError } from '../../api/problem.server.js';
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
  signedIn(call, async ({ apployd }) => {
    const form = await call.request.formData();
    const typed = Object.fromEntries(fields.map((name) => [name, textIn(form, name)]));
    const resources = resourcesIn(form);
    if ('problem' in resources) return { problem: resources.problem, typed };
    const created = await createProject(apployd, form, resources).catch(problemOfError);
    const problem = 'kind' in created ? created : problemOf(created);
    if (problem) return { problem, typed };
    const { project, productionEnvironment } = created as Created;
    const refused = await start(apployd, productionEnvironment.id, form);
    const home = `/${call.params.org}/${project.slug}`;
    if (typeof refused !== 'number')
      return redirect(`${home}/variables?${new URLSearchParams({ refused: refused.message })}`);
    return redirect(`${home}/deployments/${refused}`);
  });

type Created = { readonly project: { readonly slug: string }; readonly productionEnvironment: { readonly id: string } };

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
async function start(apployd: Api['apployd'], environmentId: string, form: FormData): Promise<number | Problem> {
  try {
    const variables = variablesIn(form);
    if (variables.length > 0) await apployd.variables.set({ environmentId, variables });
    return (await apployd.deployments.create({ environmentId })).number;
  } catch (error) {
    return problemOfError(error);
  }
}

function resourcesIn(form: FormData): Resources | { readonly problem: Problem } {
  const wrong = resourceNames.filter((name) => amountOf(name, textIn(form, name)) === null);
  if (wrong.length === 0) return mapResources((name) => amountOf(name, textIn(form, name)) ?? 0);
  const problems = wrong.map((name) => [
    `resources.${name}`,
    `Type a number of ${resourceKinds[name].unitName}, such as 0.5 or 512.`,
  ]);
  return {
    problem: {
      message: 'One of the amounts is not a number.',
      fields: Object.fromEntries(problems),
      kind: 'ValidationError',
    },
  };
}
