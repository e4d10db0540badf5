import { memoryLimits } from '@apployd/backplane/limits/memory';
import type { Limits } from '@apployd/backplane/limits/limits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { viewerOf } from '../access/viewer.js';
import { ask, type Answer } from '../testing/client.js';
import { aMember, aPerson, aProject, aToken, onPlan, password, uuid } from '../testing/make.js';
import { pays } from './pays.js';
import { testServer, type testSettings, type TestServer } from '../testing/test-server.js';

const who = '{ viewer { user { id } rateLimit { limit remaining restorePerSecond cost resetAt } } }';
/** Buckets do not fill up while a test runs, however long that takes. */
const limited = (settings: Partial<typeof testSettings>) => testServer({ settings, limits: memoryLimits(() => 0) });

const points = { SERVER_DEFAULT_PLAN: 'FREE', SERVER_RATE_POINTS: 1_000, SERVER_RATE_POINTS_PER_SECOND: 0.001 };

function expectRefused({ status, headers, errors }: Answer): void {
  expect([status, errors[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
  expect(errors[0]?.extensions.retryAfterMs).toBeGreaterThan(0);
  expect(Number(headers.get('retry-after'))).toBe(Math.ceil(Number(errors[0]?.extensions.retryAfterMs) / 1_000));
}

describe('what an operation costs', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await limited(points);
    ({ token } = await aPerson(server));
  });
  afterAll(() => server.close());

  test('is charged, and told in the headers, in the answer and by the viewer', async () => {
    const { headers, data, extensions } = await ask(server, who, {}, { token });
    expect(data.viewer.rateLimit).toMatchObject({ limit: 1_000, remaining: 997, cost: 3 });
    expect(Date.parse(data.viewer.rateLimit.resetAt)).toBeGreaterThan(Date.now());
    expect(extensions.cost).toEqual({ charged: 3, remaining: 997, restorePerSecond: 0.001 });
    expect(headers.get('ratelimit-limit')).toBe('1000');
    expect(headers.get('ratelimit-remaining')).toBe('997');
    expect(headers.get('ratelimit-reset')).toBe('3000');
  });

  test('is given back for the empty places of a page', async () => {
    const before = (await ask(server, who, {}, { token })).extensions.cost.remaining;
    const document = '{ viewer { organizations(first: 100) { nodes { id } } } }';
    const { extensions } = await ask(server, document, {}, { token });
    // The viewer, the page, and one organization of a hundred.
    expect(extensions.cost).toMatchObject({ charged: 3, remaining: before - 3 });
  });

  test('is refused with 429 once the points are used up, until there are enough', async () => {
    const document = `{ viewer { ${Array.from({ length: 14 }, (_, i) => `a${i}: user { id }`).join(' ')} } }`;
    let answer = await ask(server, document, {}, { token });
    for (let i = 0; i < 100 && answer.status === 200; i += 1) answer = await ask(server, document, {}, { token });
    expectRefused(answer);
    expect(answer.errors[0]?.extensions.remaining).toBeLessThan(15);
  });

  test('is the principal’s own: another person, and another token, have theirs', async () => {
    const ada = await aPerson(server);
    const apiToken = await aToken(server, ada, { scopes: ['ORG_READ'] });
    for (const other of [ada.token, apiToken]) {
      expect((await ask(server, who, {}, { token: other })).extensions.cost.remaining).toBe(997);
    }
  });
});

test('who acts for an organization on a plan with a price has the larger bucket, until it is suspended', async () => {
  const server = await limited({
    ...points,
    SERVER_RATE_PAID_POINTS: 4_000,
    SERVER_RATE_PAID_POINTS_PER_SECOND: 0.004,
  });
  const limitOf = async (token: string) => (await ask(server, who, {}, { token })).data.viewer.rateLimit.limit;
  const free = await aPerson(server);
  const paying = await aPerson(server);
  await server.db.plan.update({ where: { code: 'PRO' }, data: { priceCurrency: 'EUR', monthlyPriceMinor: 2_000 } });
  await onPlan(server, paying, 'PRO');
  expect(await limitOf(free.token)).toBe(1_000);
  expect(await limitOf(paying.token)).toBe(4_000);
  expect(await limitOf(await aToken(server, paying, { scopes: ['ORG_READ'] }))).toBe(4_000);
  // A token counts for its own organization alone, whoever has made it.
  const apiToken = await aToken(server, free, { scopes: ['ORG_READ'] });
  const at = { organizationId: uuid(paying.organizationId), userId: uuid(free.userId) };
  await server.db.membership.create({ data: { ...at, role: 'VIEWER' } });
  expect(await limitOf(apiToken)).toBe(1_000);
  await server.close();
});

test('whether somebody pays is remembered for a minute, and a fault is not', async () => {
  const server = await limited(points);
  const { userId } = await aPerson(server);
  const { db } = server;
  let at = 0;
  let isAway = true;
  const asked = pays(
    db.$extends({
      query: {
        organization: { findFirst: ({ args, query }) => (isAway ? Promise.reject(new Error('away')) : query(args)) },
      },
    }) as unknown as typeof db,
    60_000,
    () => at,
  );
  const viewer = viewerOf(db, uuid(userId), { kind: 'session', id: uuid(userId) });
  await expect(asked(viewer)).rejects.toThrow('away');
  isAway = false;
  expect(await asked(viewer)).toBe(false);
  await db.organization.updateMany({
    data: { planId: (await db.plan.findUniqueOrThrow({ where: { code: 'PRO' } })).id },
  });
  expect(await asked(viewer)).toBe(false);
  await db.plan.update({ where: { code: 'PRO' }, data: { priceCurrency: 'EUR', monthlyPriceMinor: 2_000 } });
  at = 60_000;
  expect(await asked(viewer)).toBe(true);
  await db.organization.updateMany({ data: { suspendedAt: new Date() } });
  at = 120_000;
  expect(await asked(viewer)).toBe(false);
  await server.close();
});

test('who has not signed in pays by address', async () => {
  const server = await limited({ SERVER_RATE_ANONYMOUS_POINTS: 100 });
  const document = '{ viewer { organizations(first: 90) { nodes { id } } } }';
  const from = (address: string) => ask(server, document, {}, { headers: { 'x-forwarded-for': address } });
  // Nothing is shown to them, so that each costs one in the end; but what it may cost has to be there.
  for (let i = 0; i < 9; i += 1) expect((await from('203.0.113.1')).status).toBe(200);
  expectRefused(await from('203.0.113.1'));
  expect((await from('203.0.113.2')).status).toBe(200);
  await server.close();
});

test('a person or token has so many mutations a minute', async () => {
  const server = await limited({ SERVER_RATE_MUTATIONS: 5 });
  const { token } = await aPerson(server);
  const document = `mutation { ${Array.from({ length: 3 }, (_, i) => `a${i}: deploymentCancel(input: { deploymentId: "x" }) { __typename }`).join(' ')} }`;
  expect((await ask(server, document, {}, { token })).status).toBe(200);
  expectRefused(await ask(server, document, {}, { token }));
  expect((await ask(server, who, {}, { token })).status).toBe(200);
  await server.close();
});

test('an organization has so many new deployments a minute, whoever of it asks', async () => {
  const server = await limited({ SERVER_RATE_DEPLOYMENTS: 2 });
  const ada = await aPerson(server);
  const { environmentId } = await aProject(server, ada);
  const token = await aToken(server, ada, { scopes: ['DEPLOY'] });
  const deploy = (as: string) =>
    ask(
      server,
      'mutation ($input: DeploymentCreateInput!) { deploymentCreate(input: $input) { __typename } }',
      { input: { environmentId } },
      { token: as },
    );
  expect((await deploy(ada.token)).data.deploymentCreate.__typename).toBe('DeploymentCreatePayload');
  expect((await deploy(token)).data.deploymentCreate.__typename).toBe('DeploymentCreatePayload');
  expectRefused(await deploy(token));
  await server.close();
});

test('who may not deploy, and who asks once more with the same key, take no deployment from the others', async () => {
  const server = await limited({ SERVER_RATE_DEPLOYMENTS: 2 });
  const ada = await aPerson(server);
  const viewer = await aMember(server, ada, 'VIEWER');
  const { environmentId } = await aProject(server, ada);
  const deploy = async (token: string, idempotencyKey?: string) => {
    const document = 'mutation ($input: DeploymentCreateInput!) { deploymentCreate(input: $input) { __typename } }';
    const { data } = await ask(server, document, { input: { environmentId, idempotencyKey } }, { token });
    return data?.deploymentCreate?.__typename as string | undefined;
  };
  for (let count = 0; count < 3; count += 1) expect(await deploy(viewer.token)).toBe('ForbiddenError');
  for (let count = 0; count < 3; count += 1)
    expect(await deploy(ada.token, 'once-and-again')).toBe('DeploymentCreatePayload');
  expect(await deploy(ada.token)).toBe('DeploymentCreatePayload');
  expect(await deploy(ada.token)).toBeUndefined();
  await server.close();
});

test('an organization uploads so much in a day, and what lies there already counts once', async () => {
  const server = await limited({ SERVER_RATE_UPLOAD_BYTES: 150 * 1024 ** 2 });
  const ada = await aPerson(server);
  const { id: projectId } = await aProject(server, ada);
  const announce = (digit: string) =>
    ask(
      server,
      'mutation ($input: SourceUploadCreateInput!) { sourceUploadCreate(input: $input) { __typename } }',
      { input: { projectId, sha256: digit.repeat(64), sizeBytes: 100 * 1024 ** 2 } },
      { token: ada.token },
    );
  expect((await announce('a')).data.sourceUploadCreate.__typename).toBe('SourceUploadCreatePayload');
  expectRefused(await announce('b'));
  await server.close();
});

test('guesses at a password are limited over all processes', async () => {
  const limits = memoryLimits();
  const attemptLimits = { signInToAccount: { burst: 2, refillMs: 1e9 } };
  const servers = await Promise.all([testServer({ limits, attemptLimits }), testServer({ limits, attemptLimits })]);
  const guess = (server: TestServer) =>
    ask(server, 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }', {
      input: { email: 'ada@example.com', password },
    });
  for (const server of servers) expect((await guess(server)).status).toBe(200);
  for (const server of servers) expectRefused(await guess(server));
  await Promise.all(servers.map((server) => server.close()));
});

test('a request asks the store of limits seldom: a share of the bucket suffices for many', async () => {
  const store = memoryLimits();
  let asked = 0;
  const limits: Limits = { ...store, take: (...call) => ((asked += 1), store.take(...call)) };
  const server = await testServer({
    limits,
    settings: { SERVER_RATE_POINTS: 5_000, SERVER_RATE_POINTS_PER_SECOND: 50 },
  });
  const { token } = await aPerson(server);
  asked = 0;
  for (let i = 0; i < 40; i += 1) await ask(server, '{ viewer { user { id } } }', {}, { token });
  expect(asked).toBe(1);
  await server.close();
});
