import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { latencyBucketOf, noLatencies } from '@apployd/core/latency';
import { ask, issues, mutate } from '../testing/client.js';
import {
  aDeployment,
  aPerson,
  aProject,
  aRelease,
  aRollout,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
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

const row = (id: string) =>
  server.db.deployment.findUniqueOrThrow({ where: { id: uuid(id) }, include: { rollout: true } });
const decide = (mutation: 'rolloutPromote' | 'rolloutAbort', deploymentId: string) =>
  mutate(
    server,
    person.token,
    mutation,
    { deploymentId },
    `... on Rollout${mutation.slice('rollout'.length)}Payload { deployment { rollout { verdict reason nextAt } } } ... on InvalidStateError { currentState }`,
  );
const update = (rollout: object, more: object = {}) =>
  mutate(
    server,
    person.token,
    'environmentRolloutUpdate',
    { environmentId: shop.environmentId, rollout, ...more },
    `... on EnvironmentRolloutUpdatePayload { environment { rollout { enabled steps { percent minutes } maxErrorRateIncrease maxP95Factor minRequests } rolloutVersion } } ... on ConflictError { currentVersion } ${issues}`,
  );

describe('settings', () => {
  test('are off at first; what is absent stays, null gives the default back, and each change is a version', async () => {
    const usual = { enabled: false, maxErrorRateIncrease: 2, maxP95Factor: 2, minRequests: 100 };
    expect((await update({})).environment).toMatchObject({ rollout: usual, rolloutVersion: 1 });
    const steps = [{ percent: 10, minutes: 5 }];
    await update({ enabled: true, steps, maxP95Factor: 1.5 });
    const { environment } = await update({ maxP95Factor: null });
    expect(environment).toMatchObject({ rollout: { ...usual, enabled: true, steps }, rolloutVersion: 3 });
    expect(await update({ enabled: false }, { expectedVersion: 2 })).toMatchObject({
      __typename: 'ConflictError',
      currentVersion: 3,
    });
  });

  test.each([
    [{ steps: [] }, ['rollout', 'steps'], 'at least one step'],
    [{ steps: [{ percent: 100, minutes: 1 }] }, ['rollout', 'steps', '0', 'percent'], '99'],
    [
      {
        steps: [
          { percent: 10, minutes: 1 },
          { percent: 10, minutes: 1 },
        ],
      },
      ['rollout', 'steps'],
      'more percent than',
    ],
    [{ maxErrorRateIncrease: -1 }, ['rollout', 'maxErrorRateIncrease'], '0 to 100'],
    [{ minRequests: 0 }, ['rollout', 'minRequests'], '1 to 1000000'],
  ])('refuse %j, and say what to do', async (rollout, path, message) => {
    const refused = await update(rollout);
    expect(refused).toMatchObject({ __typename: 'ValidationError', issues: [{ path }] });
    expect(refused.issues[0].message).toContain(message);
  });
});

describe('a rollout', () => {
  test('is shown with both sides, as all edges together have served them', async () => {
    const id = await aRollout(server, shop);
    for (const [isNew, count, errors] of [
      [false, 100, 1],
      [false, 100, 1],
      [true, 10, 5],
    ] as const) {
      const latency = noLatencies();
      latency[latencyBucketOf(50)] = count;
      const data = { deploymentId: uuid(id), edgeId: newId(), isNew, errors: BigInt(errors), latency };
      await server.db.rolloutSide.create({ data });
    }
    const document = `query ($id: ID!) { deployment(id: $id) { rollout { step percent steps { percent } verdict old { requests errors errorRate p95Ms } new { requests errors errorRate } } } }`;
    const { data } = await ask(server, document, { id }, { token: person.token });
    expect(data.deployment.rollout).toMatchObject({
      ...{ step: 0, percent: 5, verdict: null },
      steps: [{ percent: 5 }, { percent: 25 }, { percent: 50 }],
      old: { requests: 200, errors: 2, errorRate: 1 },
      new: { requests: 10, errors: 5, errorRate: 50 },
    });
    expect(data.deployment.rollout.old.p95Ms).toBeGreaterThan(40);
  });

  test('is promoted or aborted by hand, once, and a worker is woken', async () => {
    const promoted = await aRollout(server, shop);
    expect((await decide('rolloutPromote', promoted)).deployment.rollout).toEqual({
      ...{ verdict: 'PROMOTED', reason: 'BY_HAND', nextAt: null },
    });
    expect(await row(promoted)).toMatchObject({ status: 'DEPLOYING', cancelRequestedAt: null });
    expect(await decide('rolloutAbort', promoted)).toMatchObject({
      __typename: 'InvalidStateError',
      currentState: 'PROMOTED',
    });
    const aborted = await aRollout(server, shop);
    await decide('rolloutAbort', aborted);
    expect(await row(aborted)).toMatchObject({
      cancelRequestedAt: expect.any(Date),
      rollout: { verdict: 'ABORTED', reason: 'BY_HAND', decidedById: expect.any(String) },
    });
  });

  test('where none is under way there is nothing to decide', async () => {
    const id = publicId('Deployment', await aDeployment(server, shop, { status: 'DEPLOYING' }));
    expect(await decide('rolloutPromote', id)).toMatchObject({
      __typename: 'InvalidStateError',
      currentState: 'DEPLOYING',
    });
  });

  test('is superseded by whatever is deployed after it, also where others are not to be', async () => {
    const id = await aRollout(server, shop);
    const input = { environmentId: shop.environmentId, supersede: false, gradual: false };
    const made = await mutate(
      server,
      person.token,
      'deploymentCreate',
      input,
      '... on DeploymentCreatePayload { deployment { id } superseded { id } }',
    );
    expect(made.superseded).toEqual([{ id }]);
    expect(await row(id)).toMatchObject({ supersededById: uuid(made.deployment.id) });
    expect(await row(made.deployment.id)).toMatchObject({ gradual: false });
  });

  test('a rollback does not wait for it', async () => {
    const releaseId = await aRelease(server, shop);
    await aDeployment(server, shop, { status: 'READY', serving: 'STANDBY', releaseId });
    const id = await aRollout(server, shop);
    const input = { environmentId: shop.environmentId };
    await mutate(
      server,
      person.token,
      'deploymentRollback',
      input,
      '... on DeploymentRollbackPayload { deployment { id } }',
    );
    expect((await row(id)).supersededById).not.toBeNull();
  });
});
