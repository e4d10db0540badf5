import { readdir, readFile } from 'node:fs/promises';
import Docker from 'dockerode';
import { jobNames } from '@apployd/core/job';
import { activeStatuses } from '@apployd/core/deployment';
import { visit } from '../system/visitors.js';
import type { Scene } from './a-scene.js';

/** What is not as it should be once a deployment has gone live: one sentence each. */
export async function leftOver(scene: Scene, deploymentId: string, text: string): Promise<readonly string[]> {
  const found = await Promise.all([
    rowsOf(scene, deploymentId),
    machineOf(scene, deploymentId),
    foldersOf(scene),
    leasesOf(scene),
    jobsOf(scene),
    answerOf(scene, text),
  ]);
  return found.flat();
}

/** Exactly one is live, nothing is at work, and the route, the instances and the log say so. */
async function rowsOf({ db, environmentId }: Scene, deploymentId: string): Promise<string[]> {
  const [environment, live, active, instances, log] = await Promise.all([
    db.environment.findUniqueOrThrow({ where: { id: environmentId }, include: { routes: true } }),
    db.deployment.findMany({ where: { environmentId, serving: 'LIVE' }, select: { id: true } }),
    db.deployment.count({ where: { environmentId, status: { in: [...activeStatuses] } } }),
    db.instance.findMany({ where: { environmentId, state: { notIn: ['STOPPED', 'CRASHED'] } } }),
    db.logStream.findUnique({ where: { id: `build:${deploymentId}` } }),
  ]);
  const [route, ...otherRoutes] = environment.routes;
  const isLive = live.length === 1 && live[0]?.id === deploymentId && environment.liveDeploymentId === deploymentId;
  const leads = route?.deploymentId === deploymentId && route.targets.length === 1 && otherRoutes.length === 0;
  return [
    ...sentence(!isLive, `${live.length} deployments are live, or not the right one`),
    ...sentence(active > 0, `${active} deployments are still at work`),
    ...sentence(instances.length !== 1 || instances[0]?.deploymentId !== deploymentId, `${instances.length} instances`),
    ...sentence(!leads, 'the route leads elsewhere'),
    ...sentence(!log?.endedAt, 'the build log has no end'),
  ];
}

async function machineOf(scene: Scene, deploymentId: string): Promise<string[]> {
  const running = [...(await processes(scene)), ...(await containers(scene))];
  const others = running.filter((id) => id !== deploymentId);
  return [
    ...sentence(others.length > 0, `${others.length} processes or containers of what was replaced`),
    ...sentence(others.length === running.length, 'nothing of the live release runs'),
  ];
}

/** The deployments of the processes that run here, as their environment has it. */
async function processes({ db, environmentId }: Scene): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')));
  const ids = texts.flatMap((text) => /(?:^|\0)APPLOYD_DEPLOYMENT_ID=([0-9a-f-]{36})/.exec(text)?.[1] ?? []);
  const mine = await db.deployment.findMany({ where: { id: { in: ids }, environmentId }, select: { id: true } });
  return ids.filter((id) => mine.some((one) => one.id === id));
}

async function containers({ db, environmentId }: Scene): Promise<string[]> {
  const { runtime } = await db.server.findFirstOrThrow();
  if (runtime !== 'docker') return [];
  const filters = { label: [`apployd.environment=${environmentId}`] };
  return (await new Docker().listContainers({ all: true, filters })).map(
    ({ Labels }) => Labels['apployd.deployment'] ?? '',
  );
}

async function foldersOf({ platform }: Scene): Promise<string[]> {
  const left = await platform.workFolders();
  return sentence(left.length > 0, `${left.length} folders of builds`);
}

async function leasesOf({ db }: Scene): Promise<string[]> {
  const held = await db.lease.count({ where: { expiresAt: { gt: new Date() }, key: { startsWith: 'environment:' } } });
  return sentence(held > 0, `${held} leases`);
}

async function jobsOf({ redis }: Scene): Promise<string[]> {
  const counts = jobNames.flatMap((name) => {
    const key = (list: string) => `apployd:apployd-${name}:${list}`;
    return [
      redis().llen(key('wait')),
      redis().llen(key('active')),
      redis().zcard(key('delayed')),
      redis().zcard(key('prioritized')),
    ];
  });
  const jobs = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  return sentence(jobs > 0, `${jobs} jobs`);
}

async function answerOf({ url }: Scene, text: string): Promise<string[]> {
  const answer = await visit(url).catch((error: unknown) => ({ status: 0, body: String(error) }));
  return sentence(answer.body !== text, `visitors get ${answer.status} ${answer.body.slice(0, 60)}`);
}

const sentence = (is: boolean, text: string) => (is ? [text] : []);
