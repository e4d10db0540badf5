import http, { type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '@apployd/backplane/testing/deferred';
import { idleHandlers } from '@apployd/backplane/testing/idle-handlers';
import { until } from '@apployd/backplane/testing/until';
import { removeLeftovers } from '../reconcile/remove-leftovers.js';
import { aDeployment } from '../testing/a-deployment.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';
import { retire } from './retire.js';

const house = useEngine();
const drainMs = 2_000;
const draining = () => ({ ...house.engine, settings: { ...house.engine.settings, drainMs } });

/** Asks the edge, and resolves with what it gets. */
function ask(path: string): Promise<string> {
  const { engine, environment } = house;
  const headers = { host: environment.hostname };
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port: engine.edge.port, path, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve(body));
        response.on('error', reject);
      })
      .on('error', reject);
  });
}

test('a request in flight ends on the release that it began with, while others meet the new one; then the old one ends', async () => {
  const engine = draining();
  const held: ServerResponse[] = [];
  const mayRetire = deferred();
  const worker = await engine.jobs.work(
    {
      ...idleHandlers,
      retire: async (id) => {
        await mayRetire.promise;
        await retire(engine, id);
      },
    },
    { concurrency: 1, attempts: 1, onFailed: async () => undefined },
  );
  onTestFinished(() => worker.close(5_000));
  const old = await house.goLive('old', (app) =>
    app.serve((request, response) => void (request.url === '/slow' ? held.push(response) : response.end('old'))),
  );
  const slow = ask('/slow');
  await until(() => held.length === 1);
  engine.publish('new', says('new'));
  const { id } = await aDeployment(engine, house.environment, { ref: 'new' });
  await deploy(engine, id, never);
  expect(await ask('/')).toBe('new');
  expect(house.running().sort()).toEqual([old.id, id].sort());
  held[0]?.end('begun and ended on the old one');
  expect(await slow).toBe('begun and ended on the old one');
  mayRetire.resolve();
  await until(() => house.running().length === 1);
  expect(house.running()).toEqual([id]);
});

test('a job to retire that was lost is asked for again, and leaves requests in flight their time too', async () => {
  const engine = draining();
  const old = await house.goLive('old');
  await house.goLive('new');
  const asked: unknown[] = [];
  const jobs = {
    ...engine.jobs,
    isAsked: async () => false,
    ask: async (name: string, id: string, options?: object) => void asked.push([name, id, options]),
  };
  await removeLeftovers({ ...engine, jobs });
  expect(asked).toEqual([['retire', old.id, { delayMs: drainMs }]]);
});
