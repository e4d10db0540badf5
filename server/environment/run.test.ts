import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mutate } from '../testing/client.js';
import { aDeployment, aPerson, aProject, aRelease, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  person = await aPerson(server);
  shop = await aProject(server, person);
});

const run = (field: 'environmentRestart' | 'environmentStop' | 'environmentStart') =>
  mutate(
    server,
    person.token,
    field,
    { environmentId: shop.environmentId },
    `... on ${field.charAt(0).toUpperCase()}${field.slice(1)}Payload { environment { desiredState stateReason liveDeployment { id } } }
    ... on InvalidStateError { currentState allowedStates }`,
  );
const rowOf = () => server.db.environment.findUniqueOrThrow({ where: { id: uuid(shop.environmentId) } });
const events = async () =>
  (await server.db.event.findMany({ where: { streamId: uuid(shop.id) }, orderBy: { sequence: 'asc' } })).map(
    ({ type }) => type,
  );

async function goLive(): Promise<string> {
  const live = { status: 'READY', serving: 'LIVE', releaseId: await aRelease(server, shop) } as const;
  const id = await aDeployment(server, shop, live);
  await server.db.environment.update({ where: { id: uuid(shop.environmentId) }, data: { liveDeploymentId: id } });
  return id;
}

describe('environmentRestart', () => {
  test('has the engine replace every instance that is there, each time that it is asked for', async () => {
    await goLive();
    await run('environmentRestart');
    await run('environmentRestart');
    expect((await rowOf()).generation).toBe(2);
    expect(server.asked).toContain(`resize ${uuid(shop.environmentId)}`);
    expect(await events()).toContain('environment.restart_requested');
  });

  test('has what rests after crashes tried at once', async () => {
    await goLive();
    const data = { crashes: 7, restartAfter: new Date(Date.now() + 300_000) };
    await server.db.environment.update({ where: { id: uuid(shop.environmentId) }, data });
    await run('environmentRestart');
    expect(await rowOf()).toMatchObject({ crashes: 0, restartAfter: null });
  });

  test('is refused where nothing was live yet, and where all is stopped', async () => {
    expect(await run('environmentRestart')).toMatchObject({ __typename: 'InvalidStateError', currentState: 'EMPTY' });
    await goLive();
    await run('environmentStop');
    expect(await run('environmentRestart')).toMatchObject({ currentState: 'STOPPED', allowedStates: ['RUNNING'] });
  });
});

describe('environmentStop', () => {
  test('is to end what runs and what is on its way, and keeps what is live for the start', async () => {
    const live = await goLive();
    const waiting = await aDeployment(server, shop);
    const { environment } = await run('environmentStop');
    expect(environment).toMatchObject({ desiredState: 'STOPPED', stateReason: expect.stringContaining('by hand') });
    expect((await rowOf()).liveDeploymentId).toBe(live);
    expect(await server.db.deployment.findUniqueOrThrow({ where: { id: waiting } })).toMatchObject({
      status: 'CANCELED',
    });
    expect(server.asked).toContain(`stop ${uuid(shop.environmentId)}`);
    await run('environmentStop');
    expect((await events()).filter((type) => type === 'environment.stop_requested')).toHaveLength(1);
  });
});

describe('environmentStart', () => {
  test('has the engine bring back what was live', async () => {
    await goLive();
    await run('environmentStop');
    const { environment } = await run('environmentStart');
    expect(environment).toMatchObject({ desiredState: 'RUNNING', stateReason: null });
    expect(server.asked).toContain(`bring-back ${uuid(shop.environmentId)}`);
    expect(await events()).toContain('environment.start_requested');
  });

  test('is refused where nothing was live, and without a slice that holds it', async () => {
    expect(await run('environmentStart')).toMatchObject({ __typename: 'InvalidStateError', currentState: 'EMPTY' });
    await goLive();
    await run('environmentStop');
    await server.db.allocation.deleteMany({ where: { projectId: uuid(shop.id) } });
    expect(await run('environmentStart')).toMatchObject({ __typename: 'QuotaExceededError' });
    expect((await rowOf()).desiredState).toBe('STOPPED');
  });
});
