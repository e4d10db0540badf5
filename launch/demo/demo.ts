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
  /** Ends it at once. */
  readonly signal: AbortSignal;
};

/** What came of it, and how to sign in where it runs. */
export type DemoResult = {
  readonly url: string;
  readonly failed: number;
  readonly email: string;
  readonly password: string;
};

const perSecond = 20;
const MiB = 1024 ** 2;

/** The main job, as a program would do it with the SDK: deploy, visit, deploy again under load, go back. */
export async function demo({ apployd, example, folder, signal }: DemoOptions): Promise<DemoResult> {
  const repository = await makeRepository(example, path.join(folder, 'hello'));
  const { environment, ...person } = await signUpAndCreate(apployd, repository.url, signal);
  const timed: Timed[] = [];

  say('Deploying the first commit');
  const first = await timing('first deploy', timed, () => deploy(apployd, environment.id, signal));
  const url = first.url ?? '';
  say(`${url} answers: ${(await visit(url, { signal })).body.trim()}`);

  await repository.change('server.js', 'Hello from Apployd', 'Hello again');
  say(`Deploying a second commit, with ${perSecond} requests a second on the URL`);
  const load = startLoad(url, perSecond, signal);
  await timing('second deploy', timed, () => deploy(apployd, environment.id, signal));
  say(`${url} answers: ${(await visit(url, { signal })).body.trim()}`);

  say('Rolling back');
  await timing('rollback', timed, () => rollBack(apployd, environment.id, signal));
  say(`${url} answers: ${(await visit(url, { signal })).body.trim()}`);
  const report = await load.stop();
  say(describeLoad(report));
  console.log(`\n${timingsTable(timed)}\n`);
  return { url, failed: report.failures.length, ...person };
}

async function signUpAndCreate(apployd: Apployd, repositoryUrl: string, signal: AbortSignal) {
  const unique = Date.now().toString(36);
  const person = { email: `ada-${unique}@example.com`, password: `correct horse ${unique}` };
  const { organization } = await apployd.account.signUp(
    { name: 'Ada', ...person, organizationName: 'Analytical Engines' },
    { signal },
  );
  say(`Signed up; the organization ${organization.name} has a pool of its own`);
  const { project, productionEnvironment } = await apployd.projects.create(
    {
      organizationId: organization.id,
      name: 'Hello',
      repositoryUrl,
      resources: { memoryBytes: 256 * MiB, cpuMillicores: 500, bandwidthBytesPerMonth: 1024 * MiB },
    },
    { signal },
  );
  say(`Created project ${project.name} with 256 MiB and half a core of it`);
  return { environment: productionEnvironment, ...person };
}

async function deploy(apployd: Apployd, environmentId: string, signal: AbortSignal): Promise<Deployment> {
  const deployment = await apployd.deployments.create({ environmentId, source: { git: { ref: 'main' } } }, { signal });
  return deployment.wait({ onStatus: statusPrinter(), onLog: logPrinter(), timeoutMs: 120_000, signal });
}

async function rollBack(apployd: Apployd, environmentId: string, signal: AbortSignal): Promise<Deployment> {
  const deployment = await apployd.deployments.rollback({ environmentId }, { signal });
  return deployment.wait({ onStatus: statusPrinter(), onLog: logPrinter(), timeoutMs: 120_000, signal });
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
