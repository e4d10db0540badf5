import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { ask } from '../testing/client.js';
import { aDeployment, aPerson, aProject, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { likelyReadyAt } from './place.js';

describe('a deployment is likely to be READY', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  const inMs = (ms: number) => new Date(now.getTime() + ms);
  const place = { id: '', position: 1, before: 0, planTurns: 0, usualMs: 60_000, works: 0, slots: 2 };

  test('after what its kind usually takes, when a slot is free', () => {
    expect(likelyReadyAt(place, null, now)).toEqual(inMs(60_000));
  });
  test('after those that go before it, as many at once as there are slots', () => {
    expect(likelyReadyAt({ ...place, works: 2, position: 1 }, null, now)).toEqual(inMs(120_000));
    expect(likelyReadyAt({ ...place, works: 2, position: 2 }, null, now)).toEqual(inMs(120_000));
    expect(likelyReadyAt({ ...place, works: 2, position: 3 }, null, now)).toEqual(inMs(180_000));
  });
  test('after the others of its environment, one at a time', () => {
    expect(likelyReadyAt({ ...place, before: 3 }, null, now)).toEqual(inMs(240_000));
  });
  test('after those builds of its organization that the plan does not let it join, whatever slots are free', () => {
    expect(likelyReadyAt({ ...place, planTurns: 2 }, null, now)).toEqual(inMs(180_000));
    expect(likelyReadyAt({ ...place, planTurns: 1, before: 3 }, null, now)).toEqual(inMs(240_000));
    expect(likelyReadyAt({ ...place, planTurns: 1, works: 2, position: 3 }, null, now)).toEqual(inMs(180_000));
  });
  test('counted from when it left the queue, and not before now', () => {
    expect(likelyReadyAt({ ...place, position: null }, inMs(-20_000), now)).toEqual(inMs(40_000));
    expect(likelyReadyAt({ ...place, position: null }, inMs(-90_000), now)).toEqual(now);
  });
  test('at no known time while nothing of its kind ever went live', () => {
    expect(likelyReadyAt({ ...place, usualMs: null }, null, now)).toBeNull();
  });
});

describe('the API tells of a deployment', () => {
  let server: TestServer;
  let person: Person;
  let shop: MadeProject;
  beforeAll(async () => {
    server = await testServer();
    person = await aPerson(server);
    shop = await aProject(server, person);
    await server.db.server.create({
      data: {
        ...{ id: newId(), name: newId(), runtime: 'fake', memoryBytes: 1n, cpuMillicores: 1, slots: 1 },
        heartbeatAt: new Date(),
      },
    });
  });
  afterAll(() => server.close());

  const read = async (...ids: string[]) => {
    const before = server.statements();
    const { data } = await ask(
      server,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Deployment { status queuePosition estimatedReadyAt } } }',
      { ids: ids.map((id) => publicId('Deployment', id)) },
      { token: person.token },
    );
    return { nodes: data.nodes, statements: server.statements() - before };
  };

  test('where it waits and when it may be READY, learned from those before it, with one statement for all', async () => {
    const ended = new Date();
    const tookMs = 40_000;
    const started = new Date(ended.getTime() - tookMs);
    await aDeployment(server, shop, { status: 'READY', startedAt: started, finishedAt: ended });
    const other = await aProject(server, person, { name: 'Other' });
    const live = await aDeployment(server, shop, { status: 'BUILDING', startedAt: new Date(), slotAt: new Date() });
    const next = await aDeployment(server, other);
    const last = await aDeployment(server, shop);
    const one = await read(live);
    expect(one.nodes).toMatchObject([{ queuePosition: null, estimatedReadyAt: expect.any(String) }]);
    const { nodes, statements } = await read(live, next, last);
    expect(nodes.map(({ queuePosition }: { queuePosition: number | null }) => queuePosition)).toEqual([null, 1, 2]);
    expect(nodes[1].estimatedReadyAt).toBeNull();
    const waits = Date.parse(nodes[2].estimatedReadyAt) - Date.now();
    expect(waits).toBeGreaterThan(2 * tookMs);
    expect(statements).toBe(one.statements);
    for (const id of [live, next, last]) {
      await server.db.deployment.update({ where: { id }, data: { status: 'CANCELED' } });
    }
    expect((await read(last)).nodes).toEqual([{ status: 'CANCELED', queuePosition: null, estimatedReadyAt: null }]);
  });
});
