import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { GiB, MiB } from '@apployd/core/resources';
import type { Plan } from '@apployd/prisma/generated/client/client';
import { ask, issues, mutate } from '../testing/client.js';
import { aPerson, aProject, aToken, onPlan, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { requireDefaultPlan } from './require-default.js';

let server: TestServer;
let operator: Person;
beforeAll(async () => {
  server = await testServer();
  operator = await aPerson(server, 'Operator');
});
afterAll(() => server.close());

const pool = (memoryBytes: number) => ({ memoryBytes, cpuMillicores: 2_000, bandwidthBytesPerMonth: 100 * GiB });
const slice = (memoryBytes: number) => ({ memoryBytes, cpuMillicores: 100, bandwidthBytesPerMonth: 0 });

/** A plan of its own for a test; its public id. */
async function aPlan(row: Partial<Plan> = {}): Promise<string> {
  const id = newId();
  await server.db.plan.create({
    data: {
      id,
      code: `TEST_${id}`,
      name: 'Test',
      position: 100,
      memoryBytes: BigInt(4 * GiB),
      cpuMillicores: 4_000,
      bandwidthBytesPerMonth: BigInt(100 * GiB),
      maxProjects: 5,
      maxConcurrentBuilds: 1,
      logRetentionDays: 1,
      ...row,
    },
  });
  return publicId('Plan', id);
}

async function aCustomer(planId: string): Promise<Person> {
  const person = await aPerson(server);
  await onPlan(server, person, `TEST_${uuid(planId)}`);
  return person;
}

const update = (input: object, person = operator) =>
  mutate(
    server,
    person.token,
    'planUpdate',
    input,
    `... on PlanUpdatePayload { plan { version name pool { memoryBytes } maxProjects autoSleepMinutes bandwidthRule throttleBytesPerSecond } organizations replayed }
    ... on PlanInUseError { conflicts { rule resource organizations held allowed } } ... on ConflictError { currentVersion } ${issues}`,
  );
const setPlan = (organizationId: string, planId: string, person = operator) =>
  mutate(
    server,
    person.token,
    'organizationPlanSet',
    { organizationId, planId },
    `... on OrganizationPlanSetPayload { organizationId plan { id } allocated { memoryBytes } }
    ... on QuotaExceededError { requested { memoryBytes } available { memoryBytes } violations { rule resource projectId requested available }
      holdings { projectId limits { memoryBytes } } }
    ... on PlanLimitError { limit maximum current }`,
  );
const poolVersion = async ({ organizationId }: Person) =>
  (await server.db.organization.findUniqueOrThrow({ where: { id: uuid(organizationId) } })).poolVersion;

describe('plans', () => {
  test('are told to everybody, from small to large', async () => {
    const { data } = await ask(
      server,
      '{ plans { code name pool { memoryBytes cpuMillicores } maxProjects maxConcurrentBuilds logRetentionDays autoSleepMinutes isSelectable version } }',
    );
    expect(data.plans.slice(0, 4).map(({ code }: { code: string }) => code)).toEqual([
      'FREE',
      'HOBBY',
      'PRO',
      'BUSINESS',
    ]);
    expect(data.plans[0]).toEqual({
      code: 'FREE',
      name: 'Free',
      pool: { memoryBytes: GiB, cpuMillicores: 1_000 },
      maxProjects: 3,
      maxConcurrentBuilds: 1,
      logRetentionDays: 3,
      autoSleepMinutes: 15,
      isSelectable: true,
      version: 1,
    });
  });

  test('that nobody may choose are shown to the operator, and to those who are on one', async () => {
    const planId = await aPlan({ isSelectable: false });
    const customer = await aCustomer(planId);
    const listed = async (token?: string) =>
      (await ask(server, '{ plans { id } }', {}, { token })).data.plans.some(({ id }: { id: string }) => id === planId);
    expect([await listed(), await listed(customer.token), await listed(operator.token)]).toEqual([false, false, true]);
    const own = `{ organization(by: { id: "${customer.organizationId}" }) { plan { id } } node(id: "${planId}") { id } }`;
    const { data } = await ask(server, own, {}, { token: customer.token });
    expect(data).toEqual({ organization: { plan: { id: planId } }, node: { id: planId } });
    const stranger = await aPerson(server);
    expect((await ask(server, `{ node(id: "${planId}") { id } }`, {}, { token: stranger.token })).data.node).toBeNull();
  });

  test('stop the start when new organizations would begin with one that there is not', async () => {
    await expect(requireDefaultPlan(server.db, 'GOLD')).rejects.toThrow(
      /^SERVER_DEFAULT_PLAN is GOLD, and there is no such plan: set it to one of FREE, HOBBY, PRO, BUSINESS/,
    );
    await requireDefaultPlan(server.db, 'FREE');
  });
});

describe('planUpdate', () => {
  test("what becomes of who has used their bandwidth is the operator's to say", async () => {
    const planId = await aPlan();
    expect(await update({ planId, bandwidthRule: 'THROTTLE', throttleBytesPerSecond: 65_536 })).toMatchObject({
      plan: { bandwidthRule: 'THROTTLE', throttleBytesPerSecond: 65_536, version: 2 },
    });
    expect(await update({ planId, throttleBytesPerSecond: 1_000 })).toMatchObject({
      issues: [{ path: ['throttleBytesPerSecond'], rule: 'OUT_OF_RANGE' }],
    });
    const { data } = await ask(server, '{ plans { code bandwidthRule } }', {});
    const rules = Object.fromEntries(
      (data.plans as { code: string; bandwidthRule: string }[]).map(({ code, bandwidthRule }) => [code, bandwidthRule]),
    );
    expect(rules).toMatchObject({ FREE: 'STOP', HOBBY: 'THROTTLE', PRO: 'THROTTLE', BUSINESS: 'THROTTLE' });
  });

  test('changes the pool of every organization on the plan, and tells each', async () => {
    const planId = await aPlan();
    const [one, two] = [await aCustomer(planId), await aCustomer(planId)];
    const other = await aPerson(server);
    const made = await update({
      planId,
      pool: pool(8 * GiB),
      name: 'Larger',
      autoSleepMinutes: 30,
      expectedVersion: 1,
    });
    expect(made).toMatchObject({
      plan: { version: 2, name: 'Larger', pool: { memoryBytes: 8 * GiB }, autoSleepMinutes: 30, maxProjects: 5 },
      organizations: 2,
    });
    expect([await poolVersion(one), await poolVersion(two), await poolVersion(other)]).toEqual([2, 2, 1]);
    for (const { organizationId } of [one, two]) {
      const events = await server.db.event.findMany({
        where: { streamId: uuid(organizationId) },
        orderBy: { sequence: 'asc' },
      });
      expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
        ['organization.created', 1n],
        ['plan.updated', 2n],
      ]);
      // Who runs the platform is nobody that its customers know.
      expect(events[1]?.actorId).toBeNull();
    }
    expect(await update({ planId, name: 'Stale', expectedVersion: 1 })).toMatchObject({
      code: 'CONFLICT',
      currentVersion: 2,
    });
    expect(await update({ planId, autoSleepMinutes: null })).toMatchObject({
      plan: { autoSleepMinutes: null, version: 3 },
    });
    expect(await poolVersion(one)).toBe(2);
    const entry = await server.db.auditEvent.findFirstOrThrow({ where: { targetId: planId }, orderBy: { id: 'asc' } });
    expect(entry).toMatchObject({
      action: 'planUpdate',
      organizationId: null,
      changes: { before: { name: 'Test' }, after: { name: 'Larger' } },
    });
  });

  test('is refused when divisions would break: how many, and of which resource', async () => {
    const planId = await aPlan();
    const [one, two] = [await aCustomer(planId), await aCustomer(planId)];
    await aProject(server, one, { resources: slice(2 * GiB) });
    await aProject(server, two, { resources: slice(1536 * MiB) });
    await aProject(server, two, { name: 'Another', resources: slice(1536 * MiB) });
    const answer = await update({ planId, pool: pool(2 * GiB), maxProjects: 1 });
    expect(answer).toMatchObject({ __typename: 'PlanInUseError', code: 'PLAN_IN_USE' });
    expect(answer.conflicts).toEqual([
      { rule: 'HALF_OF_POOL', resource: 'MEMORY', organizations: 2, held: 2 * GiB, allowed: GiB },
      { rule: 'SUM_OF_POOL', resource: 'MEMORY', organizations: 1, held: 3 * GiB, allowed: 2 * GiB },
      { rule: 'PROJECTS', resource: null, organizations: 1, held: 2, allowed: 1 },
    ]);
    expect(answer.message).toContain('2 organizations on this plan with a project that holds up to 2 GiB');
    expect(await server.db.plan.findUnique({ where: { id: uuid(planId) } })).toMatchObject({
      version: 1,
      maxProjects: 5,
    });
    expect(await poolVersion(one)).toBe(2);
  });

  test('names every figure that makes no sense', async () => {
    const answer = await update({
      planId: await aPlan(),
      name: '',
      maxProjects: 0,
      logRetentionDays: 5_000,
      pool: slice(1),
    });
    expect(answer.issues.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'name',
      'pool.memoryBytes',
      'pool.memoryBytes',
      'maxProjects',
      'logRetentionDays',
    ]);
  });

  test('sets what it costs, in one currency, and ends its sale', async () => {
    const planId = await aPlan();
    const prices = async () =>
      (
        await ask(server, '{ plans { id monthlyPrice { amountMinor currency } yearlyPrice { amountMinor } } }')
      ).data.plans.find(({ id }: { id: string }) => id === planId);
    const euros = (amountMinor: number, currency = 'EUR') => ({ amountMinor, currency });
    expect(await prices()).toMatchObject({ monthlyPrice: null, yearlyPrice: null });
    await update({ planId, monthlyPrice: euros(500), yearlyPrice: euros(5_000) });
    expect(await prices()).toMatchObject({ monthlyPrice: euros(500), yearlyPrice: { amountMinor: 5_000 } });
    await update({ planId, yearlyPrice: null });
    expect(await prices()).toMatchObject({ monthlyPrice: euros(500), yearlyPrice: null });
    const other = await update({ planId, yearlyPrice: euros(5_000, 'USD') });
    expect(other.issues).toMatchObject([{ rule: 'OTHER_CURRENCY' }]);
    const wrong = await update({ planId, monthlyPrice: euros(0, 'eur'), yearlyPrice: euros(100_000_000) });
    expect(wrong.issues.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'monthlyPrice.amountMinor',
      'monthlyPrice.currency',
      'yearlyPrice.amountMinor',
    ]);
  });

  test('happens once for an idempotency key', async () => {
    const input = { planId: await aPlan(), name: 'Once', idempotencyKey: 'plan-once-1' };
    expect(await update(input)).toMatchObject({ plan: { version: 2 }, replayed: false });
    expect(await update(input)).toMatchObject({ plan: { version: 2 }, replayed: true });
  });

  test('and organizationPlanSet are for the operator alone, and not by a token', async () => {
    const planId = await aPlan();
    const customer = await aCustomer(planId);
    const token = await aToken(server, operator, { scopes: ['ORG_WRITE'] });
    for (const person of [customer, { ...operator, token }]) {
      expect(await update({ planId, name: '' }, person)).toMatchObject({ __typename: 'ForbiddenError' });
      expect(await setPlan(customer.organizationId, planId, person)).toMatchObject({ __typename: 'ForbiddenError' });
    }
  });
});

describe('organizationPlanSet', () => {
  test('gives an organization another pool, whoever its members are', async () => {
    const customer = await aPerson(server);
    await aProject(server, customer, { resources: slice(GiB) });
    const planId = await aPlan({ memoryBytes: BigInt(2 * GiB) });
    expect(await setPlan(customer.organizationId, planId)).toMatchObject({
      organizationId: customer.organizationId,
      plan: { id: planId },
      allocated: { memoryBytes: GiB },
    });
    expect(await poolVersion(customer)).toBe(3);
    const events = await server.db.event.findMany({ where: { streamId: uuid(customer.organizationId) } });
    expect(events.map(({ type }) => type)).toContain('organization.plan_set');
  });

  test('is what an organization has that pays for none, and gives who is suspended time anew to pay', async () => {
    const [free, paying] = [await aPerson(server), await aPerson(server)];
    const planId = await aPlan();
    const { code } = await server.db.plan.findUniqueOrThrow({ where: { id: uuid(planId) } });
    const row = { isLive: false, formerPlanCode: 'FREE', unpaidSince: new Date(), unpaidWarnings: 3 };
    const organizationId = uuid(paying.organizationId);
    await server.db.billing.createMany({
      data: [
        { ...row, organizationId: uuid(free.organizationId), customerId: newId(), status: 'CANCELED' },
        { ...row, organizationId, customerId: newId(), status: 'PAST_DUE' },
      ],
    });
    await server.db.organization.update({ where: { id: organizationId }, data: { suspendedAt: new Date() } });
    for (const one of [free, paying]) await setPlan(one.organizationId, planId);
    const rowOf = (person: Person) =>
      server.db.billing.findUniqueOrThrow({ where: { organizationId: uuid(person.organizationId) } });
    expect(await rowOf(free)).toMatchObject({ formerPlanCode: code, version: 2 });
    expect(await rowOf(paying)).toMatchObject({ formerPlanCode: 'FREE', unpaidSince: null, unpaidWarnings: 0 });
  });

  test('is refused with the projects that are too large, and the largest value that would fit', async () => {
    const customer = await aPerson(server);
    const large = await aProject(server, customer, { resources: slice(2 * GiB) });
    const small = await aProject(server, customer, { name: 'Small', resources: slice(GiB) });
    const answer = await setPlan(customer.organizationId, await aPlan({ memoryBytes: BigInt(2 * GiB) }));
    expect(answer).toMatchObject({
      __typename: 'QuotaExceededError',
      requested: { memoryBytes: 3 * GiB },
      available: { memoryBytes: 2 * GiB },
    });
    expect(answer.violations).toEqual([
      { rule: 'HALF_OF_POOL', resource: 'MEMORY', projectId: large.id, requested: 2 * GiB, available: GiB },
      { rule: 'SUM_OF_POOL', resource: 'MEMORY', projectId: null, requested: 3 * GiB, available: 2 * GiB },
    ]);
    expect(answer.holdings).toMatchObject([
      { projectId: large.id, limits: { memoryBytes: 2 * GiB } },
      { projectId: small.id, limits: { memoryBytes: GiB } },
    ]);
    const few = await setPlan(customer.organizationId, await aPlan({ maxProjects: 1 }));
    expect(few).toMatchObject({ __typename: 'PlanLimitError', limit: 'projects', maximum: 1, current: 2 });
  });

  test('does not know organizations or plans that there are not', async () => {
    const none = { organization: publicId('Organization', newId()), plan: publicId('Plan', newId()) };
    expect(await setPlan(none.organization, await aPlan())).toMatchObject({ code: 'NOT_FOUND' });
    expect(await setPlan(operator.organizationId, none.plan)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await update({ planId: none.plan, name: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('and planUpdate and divisions at the same time neither block each other nor break a rule', async () => {
    const [small, large] = [
      await aPlan({ maxProjects: 50 }),
      await aPlan({ maxProjects: 50, memoryBytes: BigInt(8 * GiB) }),
    ];
    const customer = await aCustomer(small);
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, i) => [
        setPlan(customer.organizationId, i % 2 ? small : large),
        update({ planId: i % 2 ? small : large, pool: pool((2 + (i % 5)) * GiB) }),
        mutate(
          server,
          customer.token,
          'projectCreate',
          { organizationId: customer.organizationId, name: `P ${i}`, resources: slice(512 * MiB) },
          '',
        ),
      ]).flat(),
    );
    const kinds = new Set(results.map(({ __typename }) => __typename as string));
    expect([...kinds].filter((kind) => /Payload$/.test(kind)).sort()).toContain('ProjectCreatePayload');
    const { plan, allocations } = await server.db.organization.findUniqueOrThrow({
      where: { id: uuid(customer.organizationId) },
      include: { plan: true, allocations: true },
    });
    const held = allocations.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0n);
    expect(held <= plan.memoryBytes).toBe(true);
  });
});
