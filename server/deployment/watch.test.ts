import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { aDeployment, aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let project: MadeProject;
let wire: ReturnType<typeof socketClient>;
beforeAll(async () => {
  server = await testServer({ settings: { lookAgainMs: 50 } });
  person = await aPerson(server);
  project = await aProject(server, person);
});
beforeEach(() => {
  wire = socketClient(server, person.token);
});
afterEach(() => wire.close());
afterAll(() => server.close());

const watch =
  'subscription ($id: ID!) { deploymentChanged(id: $id) { status serving project { slug } environment { url } } }';
const of = (id: string) => ({ query: watch, variables: { id: publicId('Deployment', id) } });
const set = async (id: string, data: object, tell = true) => {
  await server.db.deployment.update({ where: { id }, data });
  if (tell) server.events.publish('deployment', id);
};

describe('deploymentChanged', () => {
  test('shows the deployment now and at every change, and ends with the final status', async () => {
    const id = await aDeployment(server, project);
    const seen = await collect(wire.client, of(id), ({ deploymentChanged: { status } }) => {
      if (status === 'QUEUED') void set(id, { status: 'BUILDING' });
      if (status === 'BUILDING') void set(id, { status: 'DEPLOYING' });
      if (status === 'DEPLOYING') void set(id, { status: 'READY', serving: 'LIVE' });
    });
    const statuses = seen.map(({ deploymentChanged }) => deploymentChanged.status);
    expect([...new Set(statuses)]).toEqual(['QUEUED', 'BUILDING', 'DEPLOYING', 'READY']);
    expect(seen.at(-1).deploymentChanged).toMatchObject({ serving: 'LIVE', project: { slug: 'shop' } });
  });

  test('ends at once for what is final already', async () => {
    const id = await aDeployment(server, project, { status: 'FAILED' });
    expect(await collect(wire.client, of(id))).toMatchObject([{ deploymentChanged: { status: 'FAILED' } }]);
  });

  test('never misses the final status, however close the change is to the subscription', async () => {
    for (let round = 0; round < 50; round += 1) {
      const id = await aDeployment(server, project, { status: 'DEPLOYING' });
      const watching = collect(wire.client, of(id));
      for (let i = 0; i < round % 10; i += 1) await new Promise((resolve) => setImmediate(resolve));
      await set(id, { status: 'READY' });
      expect((await watching).at(-1)).toMatchObject({ deploymentChanged: { status: 'READY' } });
    }
  });

  test('finds a change whose hint was lost', async () => {
    const id = await aDeployment(server, project);
    const seen = await collect(wire.client, of(id), ({ deploymentChanged: { status } }) => {
      if (status === 'QUEUED') void set(id, { status: 'CANCELED' }, false);
    });
    expect(seen.at(-1).deploymentChanged.status).toBe('CANCELED');
  });

  test('says nothing more once access is lost', async () => {
    const guest = await aPerson(server);
    await server.db.membership.create({
      data: { organizationId: uuid(person.organizationId), userId: uuid(guest.userId), role: 'VIEWER' },
    });
    const id = await aDeployment(server, project);
    const theirs = socketClient(server, guest.token);
    const seen = await collect(theirs.client, of(id), ({ deploymentChanged }) => {
      if (deploymentChanged)
        void server.db.membership.deleteMany({ where: { userId: uuid(guest.userId), role: 'VIEWER' } }).then();
    });
    expect(seen.at(-1)).toEqual({ deploymentChanged: null });
    await theirs.close();
  });

  test.each([['missing', newId()] as const])('is a single null for what is %s', async (_, id) => {
    expect(await collect(wire.client, of(id))).toEqual([{ deploymentChanged: null }]);
  });
});
