import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isLeftOut } from '../without.js';
import { aPlatform, type TestPlatform } from './a-platform.js';
import { anApp } from './sample-app.js';
import { sampleRepository } from './sample-repository.js';
import { visit, visitors } from './visitors.js';

let platform: TestPlatform | undefined;
afterEach(() => platform?.stop(), 60_000);

describe.skipIf(isLeftOut('nginx'))('with Nginx as its router a platform', () => {
  test('deploys without a failed visit, redirects at once, wakes what is visited, and serves on when its edge is killed', async () => {
    const env = { EDGE_ROUTER: 'nginx', EDGE_NGINX_WORKERS: '1' };
    platform = await aPlatform({ runtime: 'process', streams: 'sse', env });
    const { apployd } = platform;
    const { environments } = apployd;
    const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'shop'));
    await repository.commit('main', anApp('first'));
    const { id, projectId } = await platform.project('shop', repository.url);
    const url = (await (await apployd.deployments.create({ environmentId: id })).wait()).url ?? '';
    const load = visitors(url, 2);
    await repository.commit('main', anApp('second'));
    await (await apployd.deployments.create({ environmentId: id })).wait();
    await platform.until(async () => (await visit(url)).body === 'second', 'the second release to answer');
    const { answers, failures } = await load.stop();
    expect([[...answers.keys()].sort(), failures]).toEqual([['first', 'second'], []]);

    const redirects = [{ from: '/old', to: '/', permanent: true }];
    await apployd.projects.update({ projectId, settings: { redirects } });
    const old = new URL('/old', url).href;
    await platform.until(async () => (await visit(old)).status === 308, 'the redirect to be in force');

    await environments.sleep(id);
    const isAsleep = async () => (await environments.get(id)).observedState === 'LIGHT_SLEEP';
    await platform.until(isAsleep, 'the app to sleep');
    const woken = await Promise.all(Array.from({ length: 5 }, () => visit(url)));
    expect(woken.map(({ status, body }) => [status, body])).toEqual(Array(5).fill([200, 'second']));

    await platform.kill('edge');
    expect((await visit(url)).body).toBe('second');
    await platform.until(
      () => platform?.output.some((line) => line.includes('an earlier Nginx still serves')) ?? false,
      'the next edge to take over',
    );
    await platform.until(
      () =>
        visit(old).then(
          ({ status }) => status === 308,
          () => false,
        ),
      'the next edge to serve',
    );
  }, 120_000);
});
