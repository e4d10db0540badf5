import path from 'node:path';
import type { Apployd, Deployment } from '@apployd/sdk/node';
import { startLoad, type LoadReport } from './load.js';
import { makeRepository } from './repository.js';
import { logPrinter, say, statusPrinter } from './say.js';
import { timingsTable, type Timed } from './timings.js';
import { visit } from './visit.js';

export type DemoOptions = {
  readonly apployd: Apployd;
  /** The sample app. */
  readonly example: string;
  /** Where its repository is made. */
  readonly folder: string;
};

const perSecond = 20;
const MiB = 1024 ** 2;

/** The main job, as a program would do it with the SDK: deploy, visit, deploy again under load, go back. */
export async function demo({
  apployd,
  example,
  folder,
}: DemoOptions): Promise<{ readonly url: string; readonly failed: number }> {
  const repository = await makeRepository(example, path.join(folder, 'hello'));
  const environment = await signUpAndCreate(apployd, repository.url);
  const timed: Timed[] = [];

  say('Deploying the first commit');
  const first = await timing('first deploy', timed, () => deploy(apployd, environment.id));
  const url = first.url ?? '';
  say(`${url} answers: ${(await visit(url)).body.trim()}`);

  await repository.change('server.js', 'Hello from Apployd', 'Hello again');
  say(`Deploying a second commit, with ${perSecond} requests a second on the URL`);
  const load = startLoad(url, perSecond);
  await timing('second deploy', timed, () => deploy(apployd, environment.id));
  say(`${url} answers: ${(await visit(url)).body.trim()}`);

  say('Rolling back');
  await timing('rollback', timed, () => rollBack(apployd, environment.id));
  say(`${url} answers: ${(await visit(url)).body.trim()}`);
  const report = await load.stop();
  say(describeLoad(report));
  console.log(`\n${timingsTable(timed)}\n`);
  return { url, failed: report.failures.length };
}

async function signUpAndCreate(apployd: Apployd, repositoryUrl: string): Promise<{ readonly id: string }> {
  const unique = Date.now().toString(36);
  const { organization } = await apployd.account.signUp({
    name: 'Ada',
    email: `ada-${unique}@example.com`,
    password: `correct horse ${unique}`,
    organizationName: 'Analytical Engines',
  });
  say(`Signed up; the organization ${organization.name} has a pool of its own`);
  const { project, productionEnvironment } = await apployd.projects.create({
    organizationId: organization.id,
    name: 'Hello',
    repositoryUrl,
    resources: { memoryBytes: 256 * MiB, cpuMillicores: 500, bandwidthBytesPerMonth: 1024 * MiB },
  });
  say(`Created project ${project.name} with 256 MiB and half a core of it`);
  return productionEnvironment;
}

async function deploy(apployd: Apployd, environmentId: string): Promise<Deployment> {
  const deployment = await apployd.deployments.create({ environmentId, source: { git: { ref: 'main' } } });
  return deployment.wait({ onStatus: statusPrinter(), onLog: logPrinter(), timeoutMs: 120_000 });
}

async function rollBack(apployd: Apployd, environmentId: string): Promise<Deployment> {
  const deployment = await apployd.deployments.rollback({ environmentId });
  return deployment.wait({ onStatus: statusPrinter(), onLog: logPrinter(), timeoutMs: 120_000 });
}

async function timing(label: string, timed: Timed[], work: () => Promise<Deployment>): Promise<Deployment> {
  const began = performance.now();
  const { stages, ...deployment } = await work();
  timed.push({ label, stages, totalMs: performance.now() - began });
  return { ...deployment, stages };
}

function describeLoad({ requests, failures, answers }: LoadReport): string {
  const seen = [...answers].map(([answer, count]) => `${count} × "${answer}"`).join(', ');
  const reasons = failures.length > 0 ? ` (${[...new Set(failures)].join('; ')})` : '';
  return `${requests} requests meanwhile, ${failures.length} failed${reasons}: ${seen}`;
}
