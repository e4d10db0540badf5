import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { ask, mutate } from '../testing/client.js';
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

const set = (variables: object[]) =>
  mutate(
    server,
    person.token,
    'variablesSet',
    { environmentId: shop.environmentId, variables },
    '... on VariablesSetPayload { environment { variablesVersion } }',
  );
const rowOf = () => server.db.environment.findUniqueOrThrow({ where: { id: uuid(shop.environmentId) } });

/** Something that was live with the variables of now. */
const former = async () =>
  aDeployment(server, shop, {
    status: 'READY',
    serving: 'STANDBY',
    releaseId: await aRelease(server, shop),
    variablesVersion: (await rowOf()).variablesVersion,
  });
const rollBack = (input: object = {}) =>
  mutate(
    server,
    person.token,
    'deploymentRollback',
    { environmentId: shop.environmentId, ...input },
    '... on DeploymentRollbackPayload { deployment { id environment { autoDeployPaused { reason since } variablesVersion } } } ... on InvalidStateError { currentState }',
  );

/** As they are shown: what is no secret with its value. */
async function shown() {
  const document = 'query ($id: ID!) { environment(id: $id) { variables { key value isSecret } } }';
  const { data } = await ask(server, document, { id: shop.environmentId }, { token: person.token });
  return data.environment.variables;
}

describe('a rollback with the variables of that time', () => {
  test('makes them what they were, as a new version, tells which by name, and leaves what is the same alone', async () => {
    await set([
      { key: 'SAME', value: 'same', isSecret: false },
      { key: 'CHANGED', value: 'then', isSecret: false },
      { key: 'REMOVED', value: 'then', isSecret: true },
    ]);
    const then = await former();
    const before = await shown();
    await set([
      { key: 'CHANGED', value: 'now' },
      { key: 'REMOVED', value: null },
      { key: 'ADDED', value: 'now' },
    ]);
    const { variablesVersion } = await rowOf();
    const { deployment } = await rollBack({ restoreVariables: true, toDeploymentId: publicId('Deployment', then) });
    expect(deployment.environment.variablesVersion).toBe(variablesVersion + 1);
    expect(await shown()).toEqual(before);
    const same = await server.db.variable.findMany({ where: { environmentId: uuid(shop.environmentId), key: 'SAME' } });
    expect(same).toHaveLength(1);
    const names = { set: ['CHANGED', 'REMOVED'], removed: ['ADDED'] };
    const id = { environmentId: uuid(shop.environmentId), version: variablesVersion + 1 };
    expect(await server.db.variablesVersion.findUnique({ where: { environmentId_version: id } })).toMatchObject(names);
    const audit = await server.db.auditEvent.findFirstOrThrow({ where: { targetId: deployment.id } });
    expect(audit.changes).toMatchObject({ after: { variables: { version: variablesVersion + 1, ...names } } });
    expect(JSON.stringify(audit.changes)).not.toContain('then"');
    expect(
      await server.db.event.findFirstOrThrow({
        where: { type: 'variables.set', streamId: uuid(shop.id) },
        orderBy: { sequence: 'desc' },
      }),
    ).toMatchObject({ data: names });
  });

  test('makes no version when nothing has changed, and none when it is not asked for', async () => {
    await set([{ key: 'KEY', value: 'then', isSecret: false }]);
    await former();
    const { variablesVersion } = await rowOf();
    await rollBack({ restoreVariables: true });
    expect((await rowOf()).variablesVersion).toBe(variablesVersion);
    await set([{ key: 'KEY', value: 'now' }]);
    await rollBack();
    expect(await shown()).toMatchObject([{ value: 'now' }]);
  });

  test('is refused whole when it is not known which they were', async () => {
    const releaseId = await aRelease(server, shop);
    await aDeployment(server, shop, { status: 'READY', serving: 'STANDBY', releaseId });
    expect(await rollBack({ restoreVariables: true })).toMatchObject({
      __typename: 'InvalidStateError',
      currentState: 'VARIABLES_UNKNOWN',
    });
    expect((await rowOf()).autoDeployPausedAt).toBeNull();
  });
});

describe('a rollback', () => {
  test('holds back what would deploy by itself until that is resumed, and not who deploys by hand', async () => {
    const id = await former();
    const { number } = await server.db.deployment.findUniqueOrThrow({ where: { id } });
    const { deployment } = await rollBack();
    expect(deployment.environment.autoDeployPaused).toMatchObject({ reason: `Rolled back to deployment ${number}.` });
    const { since } = deployment.environment.autoDeployPaused;
    expect((await rollBack()).deployment.environment.autoDeployPaused.since).toBe(since);
    const input = { environmentId: shop.environmentId };
    const byHand = await mutate(
      server,
      person.token,
      'deploymentCreate',
      input,
      '... on DeploymentCreatePayload { deployment { status } }',
    );
    expect(byHand.deployment.status).toBe('QUEUED');
    const selection = '... on EnvironmentAutoDeployResumePayload { environment { autoDeployPaused { since } } }';
    for (let call = 1; call <= 2; call += 1) {
      const resumed = await mutate(server, person.token, 'environmentAutoDeployResume', input, selection);
      expect(resumed.environment.autoDeployPaused).toBeNull();
    }
    const events = await server.db.event.findMany({
      where: { streamId: uuid(shop.id), type: { startsWith: 'environment.auto' } },
      orderBy: { sequence: 'asc' },
    });
    expect(events.map(({ type }) => type)).toEqual([
      'environment.auto_deploy_paused',
      'environment.auto_deploy_resumed',
    ]);
  });
});
