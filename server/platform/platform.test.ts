import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { operatorActions } from '../audit/page.js';
import { acts } from '../testing/acts.js';
import { atTheSameMoment } from '../testing/at-the-same-moment.js';
import { ask, mutate } from '../testing/client.js';
import { failuresOf } from '../testing/failures.js';
import { aDeployment, aMember, aPerson, aProject, aToken, onPlan, uuid, type Person } from '../testing/make.js';
import { linkTo } from '../testing/mails.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
/** The first account of the installation. */
let operator: Person;
let tenant: Person;
beforeAll(async () => {
  server = await testServer();
  operator = await aPerson(server, 'Opal');
  tenant = await aPerson(server, 'Tenant');
});
afterAll(() => server.close());

const fields =
  'slug planCode memberCount projectCount environmentCount runningCount asleepCount crashedCount failingCount lastDeploymentStatus lastDeploymentAt';
const platform = (token: string, args = '') =>
  ask(
    server,
    `{ viewer { isOperator } platform { operators { name } organizations${args} { nodes { organizationId ${fields} } pageInfo { hasNextPage endCursor } } } }`,
    {},
    { token },
  );
const set = ({ token }: Pick<Person, 'token'>, user: object, isOperator: boolean) =>
  mutate(
    server,
    token,
    'operatorSet',
    { user, isOperator },
    `... on OperatorSetPayload { user { id } platform { operators { id } } replayed } ${failuresOf('operatorSet')}`,
  );

describe('the operator', () => {
  test('sees how every organization is', async () => {
    await onPlan(server, tenant, 'PRO');
    await aMember(server, tenant, 'VIEWER');
    const [shop, blog, gone] = [
      await aProject(server, tenant, { name: 'Shop' }),
      await aProject(server, tenant, { name: 'Blog' }),
      await aProject(server, tenant, { name: 'Gone' }),
    ];
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    await aDeployment(server, shop, { number: 1, status: 'FAILED', createdAt: at(1) });
    await aDeployment(server, shop, { number: 2, status: 'READY', createdAt: at(3) });
    await aDeployment(server, blog, { number: 1, status: 'FAILED', createdAt: at(2) });
    await aDeployment(server, gone, { number: 1, status: 'FAILED', createdAt: at(9) });
    const names = ['Down', 'Dozing', 'Deep'];
    const [down, dozing, deep] = await Promise.all(names.map((name) => aProject(server, tenant, { name })));
    for (const [{ environmentId }, observedState] of [
      [shop, 'RUNNING'],
      [down!, 'CRASHED'],
      [dozing!, 'LIGHT_SLEEP'],
      [deep!, 'DEEP_SLEEP'],
    ] as const) {
      await server.db.environment.update({ where: { id: uuid(environmentId) }, data: { observedState } });
    }
    await server.db.project.update({ where: { id: uuid(gone.id) }, data: { deletesAt: new Date() } });
    const { data } = await platform(operator.token);
    expect(data.viewer.isOperator).toBe(true);
    expect(data.platform.operators).toEqual([{ name: 'Opal' }]);
    const seen = data.platform.organizations.nodes.find(
      ({ organizationId }: { organizationId: string }) => organizationId === tenant.organizationId,
    );
    expect(seen).toMatchObject({
      planCode: 'PRO',
      memberCount: 2,
      projectCount: 5,
      environmentCount: 5,
      runningCount: 1,
      asleepCount: 2,
      crashedCount: 1,
      failingCount: 1,
      lastDeploymentStatus: 'READY',
      lastDeploymentAt: at(3).toISOString(),
    });
  });

  test('pages through them, finds them by name, and takes as many statements for one as for many', async () => {
    await aPerson(server, 'Needle');
    expect((await platform(operator.token, '(search: "needl")')).data.platform.organizations.nodes).toMatchObject([
      { slug: 'needle', projectCount: 0, lastDeploymentAt: null },
    ]);
    expect((await platform(operator.token, '(search: "needl\\u0000")')).data.platform.organizations.nodes).toEqual([]);
    const before = server.statements();
    const first = (await platform(operator.token, '(first: 1)')).data.platform.organizations;
    const between = server.statements();
    const { endCursor } = first.pageInfo;
    const rest = (await platform(operator.token, `(first: 100, after: "${endCursor}")`)).data.platform.organizations;
    expect(server.statements() - between).toBe(between - before);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(1 + rest.nodes.length).toBe(await server.db.organization.count());
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  test('sees nothing more of an organization than its health: no member of it, no row', async () => {
    const project = await aProject(server, await aPerson(server));
    const read = (id: string) => ask(server, `{ node(id: "${id}") { id } }`, {}, { token: operator.token });
    for (const id of [tenant.organizationId, tenant.userId, project.id, project.environmentId]) {
      expect((await read(id)).data.node).toBeNull();
    }
  });

  test('is one by session alone: a token of theirs is nobody’s operator', async () => {
    const token = await aToken(server, operator, { scopes: ['ORG_READ', 'ORG_WRITE', 'AUDIT_READ'] });
    expect((await platform(token)).data).toEqual({ viewer: { isOperator: false }, platform: null });
    expect(await set({ token }, { email: tenant.email }, true)).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('whoever is no operator', () => {
  test('sees no platform, and makes no operators', async () => {
    expect((await platform(tenant.token)).data).toEqual({ viewer: { isOperator: false }, platform: null });
    expect(await set(tenant, { id: tenant.userId }, true)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await ask(server, '{ platform { operators { id } } }')).status).toBe(401);
  });

  test('is made one by an operator, by address or id, and the audit log says so', async () => {
    const person = await aPerson(server);
    expect(await set(operator, { email: person.email.toUpperCase() }, true)).toMatchObject({
      user: { id: person.userId },
      platform: { operators: [{ id: operator.userId }, { id: person.userId }] },
    });
    const where = { action: 'operatorSet', targetId: person.userId, organizationId: null };
    const { changes } = await server.db.auditEvent.findFirstOrThrow({ where });
    expect(changes).toEqual({ before: { isOperator: false }, after: { isOperator: true } });
    expect(await set(person, { id: person.userId }, false)).toMatchObject({ replayed: false });
    expect(await set(operator, { email: 'nobody@example.com' }, true)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('what operators have done, and only that, is in a log of theirs, with what others were refused', async () => {
  const own = await testServer();
  const first = await aPerson(own, 'Opal');
  const other = await aPerson(own, 'Other');
  await onPlan(own, other, 'FREE');
  const { id: planId } = await own.db.plan.findFirstOrThrow({ where: { code: 'PRO' } });
  const by = (token: string, field: string, input: object) => mutate(own, token, field, input, '');
  await by(first.token, 'operatorSet', { user: { id: other.userId }, isOperator: true });
  await by(first.token, 'planUpdate', { planId: publicId('Plan', planId), maxProjects: 77 });
  const plan = { organizationId: other.organizationId, planId: publicId('Plan', planId) };
  await by(first.token, 'organizationPlanSet', plan);
  await by(other.token, 'operatorSet', { user: { id: other.userId }, isOperator: false });
  await by(other.token, 'operatorSet', { user: { id: other.userId }, isOperator: true });
  await aProject(own, other);
  const log = async (token: string, args = '') => {
    const document = `{ platform { auditLog${args} { nodes { action refusal actor { ... on User { name } } changes } } } }`;
    return (await ask(own, document, {}, { token })).data.platform?.auditLog.nodes;
  };
  expect(await log(first.token)).toMatchObject([
    { action: 'operatorSet', refusal: 'FORBIDDEN', actor: { name: 'Other' } },
    { action: 'operatorSet', refusal: null, changes: { after: { isOperator: false } } },
    { action: 'organizationPlanSet', refusal: null, changes: { after: { plan: 'PRO' } } },
    { action: 'planUpdate', changes: { after: { maxProjects: 77 } } },
    { action: 'operatorSet', actor: { name: 'Opal' } },
  ]);
  expect(await log(first.token, '(filter: { actions: ["planUpdate", "projectCreate"] })')).toHaveLength(1);
  expect(await log(other.token)).toBeUndefined();
  await own.close();
});

test('every mutation that asks for an operator is in that log', () => {
  const asking = Object.values(acts).filter(({ asks }) => asks === 'operator');
  expect([...new Set(asking.map(({ mutation }) => mutation))].sort()).toEqual([...operatorActions]);
});

test('where mails are sent, whose address is not verified is made no operator, and can be unmade one', async () => {
  const sending = await testServer({ settings: { MAIL_URL: 'smtps://mail.example.com' } });
  const [first, person] = [await aPerson(sending), await aPerson(sending)];
  const setThere = (isOperator: boolean) =>
    mutate(
      sending,
      first.token,
      'operatorSet',
      { user: { id: person.userId }, isOperator },
      '... on InvalidStateError { currentState }',
    );
  const refused = { code: 'INVALID_STATE', currentState: 'UNVERIFIED', message: expect.stringContaining('verified') };
  expect(await setThere(true)).toMatchObject(refused);
  const link = { token: await linkTo(sending, person.email, 'verify-email') };
  await mutate(sending, person.token, 'accountEmailVerify', link, '');
  expect((await setThere(true)).__typename).toBe('OperatorSetPayload');
  await sending.db.user.update({ where: { id: uuid(person.userId) }, data: { emailVerified: false } });
  expect((await setThere(false)).__typename).toBe('OperatorSetPayload');
  await sending.close();
});

test('an operator always remains, also when the last two step down at the same moment', async () => {
  const lastOne = { code: 'INVALID_STATE', currentState: 'LAST_OPERATOR' };
  expect(await set(operator, { id: operator.userId }, false)).toMatchObject(lastOne);
  const second = await aPerson(server);
  await set(operator, { id: second.userId }, true);
  const results = await atTheSameMoment(
    server,
    (tx) => tx.$queryRaw`SELECT 1 FROM "User" WHERE "isOperator" FOR UPDATE`,
    [operator, second].map((one) => () => set(one, { id: one.userId }, false)),
  );
  expect(results.map(({ __typename }) => __typename).sort()).toEqual(['InvalidStateError', 'OperatorSetPayload']);
  expect(await server.db.user.count({ where: { isOperator: true } })).toBe(1);
});
