import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { ask, mutate } from '../testing/client.js';
import { aDeployment, aPerson, aProject, aRelease, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

/** Each of an organization of its own, so that none runs out of projects. */
async function aShop(settings: object = {}): Promise<MadeProject> {
  person = await aPerson(server);
  return aProject(server, person, { settings });
}
const payload = 'deployment { id number } superseded { id status supersededBy { number } }';
const create = (of: MadeProject, input: object = {}) =>
  mutate(
    server,
    person.token,
    'deploymentCreate',
    { environmentId: of.environmentId, ...input },
    `... on DeploymentCreatePayload { ${payload} replayed }`,
  );
const statusOf = async (id: string) =>
  (await server.db.deployment.findUniqueOrThrow({ where: { id: uuid(id) } })).status;
const eventsOf = async (id: string) =>
  (await server.db.event.findMany({ where: { subjectId: uuid(id) }, orderBy: { sequence: 'asc' } })).map(
    ({ type }) => type,
  );

describe('a new deployment', () => {
  test('ends those of its environment that wait, and says which', async () => {
    const shop = await aShop();
    const first = await create(shop);
    const second = await create(shop);
    expect(second.superseded).toEqual([
      { id: first.deployment.id, status: 'SUPERSEDED', supersededBy: { number: second.deployment.number } },
    ]);
    const row = await server.db.deployment.findUniqueOrThrow({
      where: { id: uuid(first.deployment.id) },
      include: { steps: true },
    });
    expect(row.finishedAt).not.toBeNull();
    expect(row.steps.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
    expect(await eventsOf(first.deployment.id)).toEqual(['deployment.queued', 'deployment.superseded']);
    const audit = await server.db.auditEvent.findFirstOrThrow({ where: { targetId: second.deployment.id } });
    expect(audit.changes).toMatchObject({ after: { superseded: [first.deployment.id] } });
  });

  test('asks what is built to end, and has the engine end it', async () => {
    const shop = await aShop();
    const id = publicId('Deployment', await aDeployment(server, shop, { status: 'BUILDING' }));
    const { superseded, deployment } = await create(shop);
    expect(superseded).toEqual([{ id, status: 'BUILDING', supersededBy: { number: deployment.number } }]);
    expect(await eventsOf(id)).toEqual(['deployment.supersede_requested']);
    const next = await create(shop);
    expect(next.superseded).toMatchObject([{ id: deployment.id, status: 'SUPERSEDED' }]);
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test('waits for what is on its way to visitors, and leaves other environments and what is canceled alone', async () => {
    const shop = await aShop();
    const other = await aProject(server, person, { name: 'Other' });
    const deploying = await aDeployment(server, shop, { status: 'DEPLOYING' });
    const elsewhere = await create(other);
    expect((await create(shop)).superseded).toEqual([]);
    expect(await statusOf(publicId('Deployment', deploying))).toBe('DEPLOYING');
    expect(await statusOf(elsewhere.deployment.id)).toBe('QUEUED');
    const asked = await aDeployment(server, other, { status: 'BUILDING', cancelRequestedAt: new Date() });
    await create(other);
    const row = await server.db.deployment.findUniqueOrThrow({ where: { id: asked } });
    expect(row.supersededById).toBeNull();
  });

  test('ends nothing when it is not to, by its input or by the settings of the project; the input counts', async () => {
    const patient = await aShop({ supersede: false });
    await create(patient);
    expect((await create(patient)).superseded).toEqual([]);
    expect((await create(patient, { supersede: true })).superseded).toHaveLength(2);
    const shop = await aShop();
    await create(shop);
    expect((await create(shop, { supersede: false })).superseded).toEqual([]);
  });

  test('lists the same ones when it is replayed', async () => {
    const shop = await aShop();
    await create(shop);
    const first = await create(shop, { idempotencyKey: 'supersede-once' });
    expect(first.superseded).toHaveLength(1);
    expect(await create(shop, { idempotencyKey: 'supersede-once' })).toEqual({ ...first, replayed: true });
  });

  test('of many that come at once leaves the newest alone waiting', async () => {
    const shop = await aShop();
    const made = await Promise.all(Array.from({ length: 8 }, () => create(shop)));
    const waiting = await server.db.deployment.findMany({
      where: { projectId: uuid(shop.id), status: 'QUEUED' },
      select: { number: true },
    });
    expect(waiting).toEqual([{ number: 8 }]);
    expect(made.flatMap(({ superseded }) => superseded)).toHaveLength(7);
  });

  test('and a worker that goes on with an older one at the same moment never both win', async () => {
    const shop = await aShop();
    for (let round = 0; round < 20; round += 1) {
      const id = await aDeployment(server, shop, { status: 'BUILDING' });
      const goOn = server.db.deployment.updateMany({
        where: { id, status: 'BUILDING', cancelRequestedAt: null, supersededById: null },
        data: { status: 'DEPLOYING' },
      });
      const [, { count }] = await Promise.all([create(shop), goOn]);
      const row = await server.db.deployment.findUniqueOrThrow({ where: { id } });
      expect([row.status, row.supersededById !== null]).toEqual(
        count === 1 ? ['DEPLOYING', false] : ['BUILDING', true],
      );
      await server.db.deployment.delete({ where: { id } });
    }
  });
});

test('a rollback goes before what waits, too', async () => {
  const shop = await aShop();
  await aDeployment(server, shop, {
    status: 'READY',
    serving: 'STANDBY',
    releaseId: await aRelease(server, shop),
  });
  const { deployment } = await create(shop);
  const input = { environmentId: shop.environmentId };
  const selection = `... on DeploymentRollbackPayload { ${payload} }`;
  const back = await mutate(server, person.token, 'deploymentRollback', input, selection);
  expect(back.superseded).toMatchObject([{ id: deployment.id, status: 'SUPERSEDED' }]);
});

test('what a deployment was superseded by is told by the API', async () => {
  const shop = await aShop();
  const first = await create(shop);
  const second = await create(shop);
  const document = 'query ($id: ID!) { deployment(id: $id) { status supersededBy { id } } }';
  const { data } = await ask(server, document, { id: first.deployment.id }, { token: person.token });
  expect(data.deployment).toEqual({ status: 'SUPERSEDED', supersededBy: { id: second.deployment.id } });
});
