import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployment, LogLine } from '@apployd/sdk/node';
import { DeploymentFailedError } from '@apployd/sdk/node';
import { aPlatform, type PlatformOptions, type TestPlatform } from './a-platform.js';
import { anApp, brokenApps, brokenDockerfiles, type BrokenApp } from './sample-app.js';
import { sampleRepository, writeFiles, type SampleRepository } from './sample-repository.js';
import { visit, visitors } from './visitors.js';

/** Those that are found out by their time being over, rather than by their end. */
const isLate = ({ code }: BrokenApp) => code === 'PORT_NOT_OPEN' || code === 'HEALTH_CHECK_TIMEOUT';

/** From a git repository to a live URL and back, over HTTP, WebSocket and server-sent events, on this kind of platform. */
export function journey(name: string, options: PlatformOptions): void {
  describe(name, () => {
    let platform: TestPlatform;
    let repository: SampleRepository;

    beforeAll(async () => {
      platform = await aPlatform(options);
      repository = await sampleRepository(path.join(platform.folder, 'repositories', 'shop'));
    }, 120_000);
    afterAll(() => platform?.stop(), 60_000);

    const deploy = async (environmentId: string, ref?: string) => {
      const logs: LogLine[] = [];
      const statuses: Deployment[] = [];
      const deployment = await platform.apployd.deployments.create({ environmentId, source: { git: { ref } } });
      const wait = deployment.wait({
        timeoutMs: 120_000,
        onLog: (line) => void logs.push(line),
        onStatus: (now) => void statuses.push(now),
      });
      return { deployment, wait, logs, statuses };
    };

    /** Deploys it where another is live. */
    const failsAs = async ({ what, code, says, stage }: BrokenApp, environmentId: string, ref: string, url: string) => {
      const { wait } = await deploy(environmentId, ref);
      const error = await wait.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error, what).toBeInstanceOf(DeploymentFailedError);
      expect(error, what).toMatchObject({ code, stage });
      expect((error as Error).message, what).toMatch(says);
      expect(await visit(url), what).toEqual({ status: 200, body: 'good' });
    };

    test(
      'a commit becomes a live URL, with its build log and every status seen live',
      { timeout: 120_000 },
      async () => {
        const environment = await platform.project('first', repository.url);
        const commit = await repository.commit('main', anApp('one'));
        const { wait, logs, statuses } = await deploy(environment.id);
        const live = await wait;
        expect(live).toMatchObject({ status: 'READY', serving: 'LIVE', source: { commit } });
        expect(await visit(live.url ?? '')).toEqual({ status: 200, body: 'one' });
        expect(statuses.at(-1)?.status).toBe('READY');
        expect(logs.map(({ sequence }) => sequence)).toEqual(logs.map((_, i) => i + 1));
        expect(logs.map(({ message }) => message).join('\n')).toMatch(/Live at http/);
        for (const stage of live.stages) expect([stage.name, Boolean(stage.finishedAt)]).toEqual([stage.name, true]);
      },
    );

    test('it is seen live over the other transport as well', { timeout: 60_000 }, async () => {
      const environment = await platform.project('other-transport', repository.url);
      await repository.commit('main', anApp('one'));
      const { deployment, wait, logs } = await deploy(environment.id);
      const seen: LogLine[] = [];
      const watched = await platform.otherTransport.deployments.get(deployment.id);
      const live = await watched.wait({ timeoutMs: 50_000, onLog: (line) => void seen.push(line) });
      expect(live).toMatchObject({ status: 'READY', serving: 'LIVE' });
      await wait;
      expect(seen.map(({ message }) => message)).toEqual(logs.map(({ message }) => message));
    });

    test('a folder that is uploaded becomes a live URL too', { timeout: 60_000 }, async () => {
      const environment = await platform.project('folder', repository.url);
      const folder = path.join(platform.folder, 'upload');
      await writeFiles(folder, anApp('from a folder'));
      const target = { projectId: environment.projectId, environmentId: environment.id };
      const live = await (await platform.apployd.deployments.fromFolder(folder, target)).wait({ timeoutMs: 50_000 });
      expect(live).toMatchObject({ status: 'READY', trigger: 'UPLOAD' });
      expect((await visit(live.url ?? '')).body).toBe('from a folder');
    });

    test(
      'a switch to a new release and back fails no request, and ends what was replaced',
      { timeout: 180_000 },
      async () => {
        const environment = await platform.project('switch', repository.url);
        await repository.commit('main', anApp('one'));
        const url = (await (await deploy(environment.id)).wait).url ?? '';
        const crowd = visitors(url, 8);
        await repository.commit('main', anApp('two', 'setTimeout(listen, 2000);'));
        const { wait, logs } = await deploy(environment.id);
        // A line of the log is never missed; a status that is over soon may be.
        await platform.until(() => logs.some(({ message }) => /Waiting for/.test(message)), 'the second starts');
        // In flight while the visitors are switched, and done within the drain.
        const slow = visit(`${url}?slow=3000`);
        const second = await wait;
        expect((await visit(second.url ?? '')).body).toBe('two');
        const back = await (await platform.apployd.deployments.rollback({ environmentId: environment.id })).wait();
        expect(back).toMatchObject({ trigger: 'ROLLBACK', status: 'READY' });
        expect((await visit(url)).body).toBe('one');
        const { failures, answers } = await crowd.stop();
        expect(failures).toEqual([]);
        expect([...answers.keys()]).toEqual(['one', 'two']);
        expect(await slow).toEqual({ status: 200, body: 'one' });
        await platform.instancesOf(environment.id, 1);
      },
    );

    test(
      'what cannot go live fails with its own code and sentence; visitors keep the old release',
      { timeout: 240_000 },
      async () => {
        const environment = await platform.project('broken', repository.url);
        await repository.commit('good', anApp('good'));
        const url = (await (await deploy(environment.id, 'good')).wait).url ?? '';
        const broken = options.runtime === 'docker' ? [...brokenApps, ...brokenDockerfiles] : brokenApps;
        for (const app of broken.filter((one) => !isLate(one))) {
          await repository.commit('bad', app.files);
          await failsAs(app, environment.id, 'bad', url);
        }
        await platform.instancesOf(environment.id, 1);
        expect(await platform.workFolders()).toEqual([]);
      },
    );

    test(
      'what does not get healthy in time fails with its own code and sentence; visitors keep the old release',
      { timeout: 180_000 },
      async () => {
        await repository.commit('good', anApp('good'));
        const late = brokenApps.filter(isLate);
        for (const [at, { files }] of late.entries()) await repository.commit(`late-${at}`, files);
        // Each has to be up by then, and says nothing after it: so all are given much time, at once.
        const failsLate = async (app: BrokenApp, branch: string) => {
          const environment = await platform.project(branch, repository.url, { healthCheckTimeoutMs: 10_000 });
          const url = (await (await deploy(environment.id, 'good')).wait).url ?? '';
          await failsAs(app, environment.id, branch, url);
          await platform.instancesOf(environment.id, 1);
        };
        await Promise.all(late.map((app, at) => failsLate(app, `late-${at}`)));
        expect(await platform.workFolders()).toEqual([]);
      },
    );

    test('a crash shows what the app said last, where the failure points', { timeout: 60_000 }, async () => {
      const environment = await platform.project('crash', repository.url);
      await repository.commit('crash', anApp('never', "console.error('cannot find my keys'); process.exit(7);"));
      const { wait } = await deploy(environment.id, 'crash');
      const error = await wait.then(
        () => null,
        (reason: unknown) => reason as DeploymentFailedError,
      );
      expect(error?.failure?.exitCode).toBe(7);
      expect(error?.logTail.map(({ message }) => message)).toContain('cannot find my keys');
      expect(error?.failure?.logCursor).toEqual(expect.any(String));
    });

    test('sources that cannot be had fail with a code of their own', { timeout: 60_000 }, async () => {
      const environment = await platform.project('no-branch', repository.url);
      await repository.commit('main', anApp('one'));
      await expect((await deploy(environment.id, 'no-such-branch')).wait).rejects.toMatchObject({
        code: 'SOURCE_REF_NOT_FOUND',
        stage: 'FETCH',
      });
      const nowhere = await platform.project('nowhere', 'http://127.0.0.1:9/nothing.git');
      await expect((await deploy(nowhere.id)).wait).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        stage: 'FETCH',
      });
    });

    test('a build that is cancelled ends at once, and nothing of it remains', { timeout: 60_000 }, async () => {
      const environment = await platform.project('cancel', repository.url);
      await repository.commit(
        'slow',
        anApp('never', 'listen();', { build: 'node -e "console.log(\'building\'); setTimeout(() => {}, 600000)"' }),
      );
      const { deployment, wait, logs } = await deploy(environment.id, 'slow');
      wait.catch(() => undefined);
      await platform.until(() => logs.some(({ message }) => message === 'building'), 'the build to start');
      await deployment.cancel();
      await expect(wait).rejects.toMatchObject({ deployment: { status: 'CANCELED' } });
      await platform.instancesOf(environment.id, 0);
      expect(await platform.workFolders()).toEqual([]);
    });

    test(
      'an engine that is killed at work goes on where it was: nothing is lost, nothing is done twice',
      { timeout: 120_000 },
      async () => {
        const environment = await platform.project('killed', repository.url);
        const commit = await repository.commit('main', anApp('survivor', 'setTimeout(listen, 1500);'));
        const { wait, logs } = await deploy(environment.id);
        await platform.until(() => logs.some(({ message }) => /Waiting for/.test(message)), 'the health check');
        await platform.kill('engine');
        const live = await wait;
        expect(live).toMatchObject({ status: 'READY', source: { commit } });
        expect((await visit(live.url ?? '')).body).toBe('survivor');
        await platform.instancesOf(environment.id, 1);
      },
    );

    test('what sleeps is woken by its visitors, who all get their answer', { timeout: 60_000 }, async () => {
      const environment = await platform.project('sleepy', repository.url);
      await repository.commit('sleepy', anApp('awake'));
      const url = (await (await deploy(environment.id, 'sleepy')).wait).url ?? '';
      const { environments } = platform.apployd;
      for (const depth of ['LIGHT', 'DEEP'] as const) {
        await environments.sleep(environment.id, { depth });
        const isAsleep = async () => (await environments.get(environment.id)).observedState === `${depth}_SLEEP`;
        await platform.until(isAsleep, `a ${depth} sleep`);
        const answers = await Promise.all(Array.from({ length: 50 }, () => visit(url)));
        expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 awake']));
      }
      const { wakes } = await environments.wakes(environment.id);
      expect(wakes.map(({ depth, count }) => [depth, count])).toEqual([
        ['LIGHT_SLEEP', 1],
        ['DEEP_SLEEP', 1],
      ]);
    });

    test('what an app prints is kept and followed', { timeout: 60_000 }, async () => {
      const environment = await platform.project('chatty', repository.url);
      const body =
        "let n = 0; listen(process.env.PORT, (request, response) => { console.log(`visit ${++n}`); response.end('ok'); });";
      await repository.commit('chatty', anApp('ok', body));
      const { url } = await (await deploy(environment.id, 'chatty')).wait;
      const seen: string[] = [];
      const logs = platform.apployd.logs.follow({ environmentId: environment.id });
      const reading = (async () => {
        for await (const line of logs) {
          seen.push(line.message);
          if (seen.filter((message) => message.startsWith('visit')).length >= 5) return;
        }
      })();
      for (let i = 0; i < 5; i += 1) await visit(url ?? '');
      await reading;
      const visits = seen.filter((message) => message.startsWith('visit')).map((message) => Number(message.slice(6)));
      expect(visits.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((n) => n + (visits[0] ?? 1) - 1));
      await logs.close();
    });
  });
}
