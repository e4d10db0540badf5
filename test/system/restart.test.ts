import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { aPlatform, type TestPlatform } from './a-platform.js';
import { anApp } from './sample-app.js';
import { sampleRepository } from './sample-repository.js';
import { visit } from './visitors.js';

let platform: TestPlatform | undefined;
afterEach(() => platform?.stop(), 60_000);

test(
  'what is deployed outlives the platform: after a restart, and when its instance was lost, the URL answers',
  { timeout: 180_000 },
  async () => {
    platform = await aPlatform({ runtime: 'process', streams: 'sse', disposable: false });
    const { apployd } = platform;
    const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'shop'));
    await repository.commit('main', anApp('still here'));
    const environment = await platform.project('shop', repository.url);
    const { url = '' } = await (await apployd.deployments.create({ environmentId: environment.id })).wait();
    expect((await visit(url ?? '')).body).toBe('still here');

    await platform.restart();
    expect((await visit(url ?? '')).body).toBe('still here');
    expect(await apployd.projects.get({ path: 'ada/shop' })).toMatchObject({ name: 'shop' });

    const answers = () =>
      visit(url ?? '').then(
        ({ body }) => body === 'still here',
        () => false,
      );
    await platform.endInstances(environment.id);
    // Another is started at once: who visits meanwhile may never find it gone.
    const isNoticed = async () => (await apployd.environments.get(environment.id)).restarts > 0;
    await platform.until(isNoticed, 'the loss to be noticed');
    await platform.until(answers, 'the instance to come back');
    await platform.instancesOf(environment.id, 1);
    const { restarts, observedState } = await apployd.environments.get(environment.id);
    expect([restarts > 0, observedState]).toEqual([true, 'RUNNING']);
    expect(await apployd.environments.lastExit(environment.id)).toMatchObject({
      reason: 'CRASHED',
      lastLines: expect.arrayContaining(['listening']) as unknown,
    });
  },
);
