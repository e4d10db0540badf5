import path from 'node:path';
import Docker from 'dockerode';
import { idOf } from '@apployd/core/id';
import { freePort } from '@apployd/backplane/testing/free-port';
import { aPlatform, type TestEnvironment, type TestPlatform } from '../system/a-platform.js';
import { anApp } from '../system/sample-app.js';
import { sampleRepository } from '../system/sample-repository.js';
import { visit } from '../system/visitors.js';
import { atMost, max, medianAndP95, p95, type Metric } from './metric.js';
import { visitUntil } from './visit-until.js';

const crowd = 1_000;
const goals = { LIGHT: { p95Ms: 100, ofDocker: 10 }, DEEP: { p95Ms: 1_000, ofDocker: 2 } } as const;
type Depth = keyof typeof goals;

/** What the first visitor of a sleeping app waits for, beside Docker's own unpause and start of the same container; and a crowd. */
export async function measure(rounds = 20): Promise<readonly Metric[]> {
  const platform = await aPlatform({ runtime: 'docker', streams: 'sse' });
  try {
    const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'sleepy'));
    await repository.commit('main', anApp('awake'));
    const environment = await platform.project('sleepy', repository.url);
    const deployment = await platform.apployd.deployments.create({ environmentId: environment.id });
    await deployment.wait({ timeoutMs: 120_000 });
    const byHand = await containerLike(environment);
    try {
      return [
        ...(await wakes(platform, environment, 'LIGHT', rounds, byHand.unpause)),
        ...(await wakes(platform, environment, 'DEEP', rounds, byHand.start)),
        ...(await crowdWakes(platform, environment)),
      ];
    } finally {
      await byHand.remove();
    }
  } finally {
    await platform.stop();
  }
}

/** In turn, so that what else the machine does meets both alike. */
async function wakes(
  platform: TestPlatform,
  environment: TestEnvironment,
  depth: Depth,
  rounds: number,
  byHand: () => Promise<number>,
): Promise<Metric[]> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i += 1) {
    theirs.push(await byHand());
    await fallAsleep(platform, environment, depth);
    const began = performance.now();
    await mustAnswer(environment.url);
    ours.push(performance.now() - began);
  }
  const [name, reference] = depth === 'LIGHT' ? ['light', 'docker unpause'] : ['deep', 'docker start'];
  const { p95Ms, ofDocker } = goals[depth];
  return [
    ...medianAndP95(`wake from ${name} sleep`, 'ms', ours, theirs, reference ?? '', ofDocker),
    atMost(`wake from ${name} sleep, p95`, 'ms', ours, p95Ms, p95),
  ];
}

async function crowdWakes(platform: TestPlatform, environment: TestEnvironment): Promise<Metric[]> {
  await fallAsleep(platform, environment, 'DEEP');
  const began = performance.now();
  const answers = await Promise.all(
    Array.from({ length: crowd }, () =>
      mustAnswer(environment.url).then(
        () => performance.now() - began,
        () => null,
      ),
    ),
  );
  const answered = answers.filter((tookMs) => tookMs !== null);
  return [
    atMost(`${crowd} visitors of a deep sleep at once, not answered`, 'count', [crowd - answered.length], 0),
    atMost(`${crowd} visitors of a deep sleep at once, the last answer`, 'ms', answered, 15_000, max),
  ];
}

async function fallAsleep({ apployd, until }: TestPlatform, { id }: TestEnvironment, depth: Depth): Promise<void> {
  await apployd.environments.sleep(id, { depth });
  await until(async () => (await apployd.environments.get(id)).observedState === `${depth}_SLEEP`, 'it to sleep');
}

async function mustAnswer(url: string): Promise<void> {
  const { status, body } = await visit(url);
  if (status !== 200) throw new Error(`The answer was ${status}: ${body}`);
}

/** Another container of the same image, put to sleep and woken by Docker alone; milliseconds until it answers. */
async function containerLike({ id }: TestEnvironment) {
  const docker = new Docker();
  const label = [`apployd.environment=${idOf('Environment', id) ?? ''}`];
  const [running] = await docker.listContainers({ filters: { label } });
  if (!running) throw new Error('The app does not run.');
  const { Config } = await docker.getContainer(running.Id).inspect();
  const port = Config.Labels['apployd.port'] ?? '';
  const at = await freePort();
  const container = await docker.createContainer({
    Image: Config.Image,
    Cmd: Config.Cmd,
    Env: [`PORT=${port}`],
    ExposedPorts: { [`${port}/tcp`]: {} },
    HostConfig: { PortBindings: { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(at) }] } },
  });
  const answers = () => visitUntil(`http://127.0.0.1:${at}/`, ({ status }) => status === 200);
  await container.start();
  await answers();
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    await answers();
    return performance.now() - began;
  };
  return {
    unpause: async () => {
      await container.pause();
      return timed(() => container.unpause());
    },
    start: async () => {
      await container.stop({ t: 5 });
      return timed(() => container.start());
    },
    remove: () => container.remove({ force: true }),
  };
}
