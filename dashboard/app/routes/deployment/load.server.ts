import type { LoaderFunctionArgs } from '@remix-run/node';
import { BuildLogPageDocument, DeploymentDocument } from '@apployd/sdk/documents';
import { type Api, notFound } from '../../api/api.server.js';
import { loadProject } from '../../project/load.server.js';

/** What the first picture shows of a log; the rest follows over the socket. */
const linesFirst = 200;
/** Numbers are looked for among so many deployments of a page, and so many pages. */
const pageSize = 40;
const mostPages = 25;

/** The deployment of this number with the end of its log, and the project around it. */
export async function loadDeployment(api: Api, { params }: Pick<LoaderFunctionArgs, 'params'>) {
  const { loaded, project } = await loadProject(api, { params });
  const number = Number(params.number);
  const id =
    project.deployments.nodes.find((one) => one.number === number)?.id ?? (await findByNumber(api, project.id, number));
  const [deployment, log] = await Promise.all([
    api.ask(DeploymentDocument, { id }),
    api.ask(BuildLogPageDocument, { deploymentId: id, last: linesFirst }),
  ]);
  if (!deployment.data.deployment || !log.data.deployment) throw notFound();
  return { loaded, deployment, log: log.data.deployment.buildLogs };
}

/** The API finds deployments by id alone; people say their numbers. */
async function findByNumber({ apployd }: Api, projectId: string, number: number): Promise<string> {
  if (!Number.isInteger(number) || number < 1) throw notFound();
  let seen = 0;
  for await (const one of apployd.deployments.list({ projectId })) {
    if (one.number === number) return one.id;
    if (one.number < number || ++seen > pageSize * mostPages) break;
  }
  throw notFound();
}
