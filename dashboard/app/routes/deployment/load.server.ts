import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import type { Deployment } from '@apployd/sdk';
import { BuildLogPageDocument, DeploymentDocument } from '@apployd/sdk/documents';
import { type Api, notFound } from '../../api/api.server.js';
import { addressOf } from '../../project/address.js';
import { loadProject } from '../../project/load.server.js';
import type { Project } from '../../project/shown.js';

/** What the first picture shows of a log; the rest follows over the socket. */
const linesFirst = 200;
/** Numbers are looked for among so many deployments of a page, and so many pages. */
const pageSize = 40;
const mostPages = 25;

/** The deployment of this number with the end of its log, and the project around it. */
export async function loadDeployment(api: Api, { params }: Pick<LoaderFunctionArgs, 'params'>) {
  const { loaded, project } = await loadProject(api, { params });
  const number = Number(params.number);
  const { id, environment } =
    project.environment.deployments.nodes.find((one) => one.number === number) ??
    (await findByNumber(api, project.id, number));
  if (environment.id !== project.environment.id) throw redirect(addressOfDeployment(project, environment.slug, number));
  const [deployment, log] = await Promise.all([
    api.ask(DeploymentDocument, { id }),
    api.ask(BuildLogPageDocument, { deploymentId: id, last: linesFirst }),
  ]);
  if (!deployment.data.deployment || !log.data.deployment) throw notFound();
  return { loaded, deployment, log: log.data.deployment.buildLogs };
}

/** With its environment around it: numbers are the project's. */
const addressOfDeployment = ({ organization, slug }: Project, environment: string, number: number) =>
  `${addressOf(organization.slug, slug, environment)}/deployments/${number}`;

/** The API finds deployments by id alone; people say their numbers. */
async function findByNumber({ apployd }: Api, projectId: string, number: number): Promise<Deployment> {
  if (!Number.isInteger(number) || number < 1) throw notFound();
  let seen = 0;
  for await (const one of apployd.deployments.list({ projectId })) {
    if (one.number === number) return one;
    if (one.number < number || ++seen > pageSize * mostPages) break;
  }
  throw notFound();
}
