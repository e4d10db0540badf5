import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GiB, MiB } from '@apployd/core/resources';
import { freeHostname } from '../environment/free-hostname.js';
import { ask, issues, mutate } from '../testing/client.js';
import { aPerson, aProject, uuid, type Person, onPlan } from '../testing/make.js';
import { testServer, testSettings, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
});
afterAll(() => server.close());

const made = '... on ProjectCreatePayload { project { id slug } productionEnvironment { id hostname } replayed }';
const create = (input: object, person = ada, selection = `${made} ${issues}`) =>
  mutate(
    server,
    person.token,
    'projectCreate',
    { organizationId: person.organizationId, name: 'Shop', ...input },
    selection,
  );

describe('projectCreate', () => {
  test('makes a project with its environment, its slice and its event', async () => {
    const person = await aPerson(server);
    const limits = { memoryBytes: 256 * MiB, cpuMillicores: 250, bandwidthBytesPerMonth: GiB };
    const result = await create(
      {
        name: 'Big Shop',
        repositoryUrl: 'https://example.com/acme/shop.git',
        resources: limits,
        settings: { port: 8000 },
      },
      person,
      `... on ProjectCreatePayload {
        project { id slug version repository { url } settings { port healthCheckPath } allocation { limits { memoryBytes } }
          organization { id } environments { nodes { slug } } }
        productionEnvironment { slug kind url limits { memoryBytes cpuMillicores bandwidthBytesPerMonth } desiredState observedState liveDeployment { id } }
        pool { allocated { memoryBytes } available { cpuMillicores } largestSlice { memoryBytes } version }
        replayed }`,
    );
    expect(result).toMatchObject({
      project: {
        slug: 'big-shop',
        repository: { url: 'https://example.com/acme/shop.git' },
        settings: { port: 8000, healthCheckPath: '/' },
        allocation: { limits: { memoryBytes: 256 * MiB } },
        organization: { id: person.organizationId },
        environments: { nodes: [{ slug: 'production' }] },
      },
      productionEnvironment: {
        slug: 'production',
        kind: 'PRODUCTION',
        limits,
        desiredState: 'RUNNING',
        observedState: 'STOPPED',
        liveDeployment: null,
      },
      pool: {
        allocated: { memoryBytes: 256 * MiB },
        available: { cpuMillicores: 3_750 },
        largestSlice: { memoryBytes: 2 * GiB },
        version: 2,
      },
      replayed: false,
    });
    expect(result.productionEnvironment.url).toMatch(/^http:\/\/big-shop-.*\.apps\.test:8080$/);
    const events = await server.db.event.findMany({ where: { streamId: uuid(result.project.id) } });
    expect(events).toMatchObject([{ type: 'project.created', sequence: 1n, actorId: uuid(person.userId) }]);
  });

  test('names every field that is wrong, by its path', async () => {
    const refused = await create({
      name: '',
      slug: 'Not A Slug',
      repositoryUrl: 'http://example.com/shop',
      defaultBranch: '--upload-pack=x',
      settings: { port: 0, rootDirectory: '../..' },
      resources: { memoryBytes: 1, cpuMillicores: 1, bandwidthBytesPerMonth: 0 },
    });
    expect(refused.__typename).toBe('ValidationError');
    expect(refused.issues.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'name',
      'slug',
      'repositoryUrl',
      'defaultBranch',
      'resources.memoryBytes',
      'resources.cpuMillicores',
      'resources.memoryBytes',
      'settings.port',
    ]);
  });

  test.each([
    ['a local file', 'file:///etc'],
    ['this machine', 'https://localhost/shop.git'],
    ['a password in the URL', 'https://me:secret@example.com/shop.git'],
    ['a command', 'ext::sh -c id'],
  ])('refuses %s as a repository', async (_, repositoryUrl) => {
    expect(await create({ repositoryUrl })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['repositoryUrl'] }],
    });
  });

  test.each(['/with space', '/caf\u00e9', '/a\tb', 'healthz', `/${'x'.repeat(1024)}`])(
    'refuses the health check path %j with a sentence',
    async (healthCheckPath) => {
      expect(await create({ settings: { healthCheckPath } })).toMatchObject({
        __typename: 'ValidationError',
        issues: [
          { path: ['settings', 'healthCheckPath'], message: expect.stringMatching(/^The health check path .*\.$/) },
        ],
      });
    },
  );

  test('refuses a slug that is taken, and finds another for a name that is', async () => {
    const person = await aPerson(server);
    await create({ slug: 'taken' }, person);
    expect(await create({ slug: 'taken' }, person)).toMatchObject({ __typename: 'ConflictError' });
    expect((await create({ name: 'Taken' }, person)).project.slug).toMatch(/^taken-[0-9a-f]{6}$/);
  });

  test('keeps the addresses of pages free: a slug is refused, a name gets letters behind it', async () => {
    expect(await create({ slug: 'pool' })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['slug'], rule: 'RESERVED' }],
    });
    expect((await create({ name: 'New' })).project.slug).toMatch(/^new-[0-9a-f]{6}$/);
  });

  test('gives every environment a host name of its own, across organizations', async () => {
    const [one, two] = [await aPerson(server, 'a'), await aPerson(server, 'b-a')];
    const [first, second] = [await create({ name: 'x-b' }, one), await create({ name: 'x' }, two)];
    expect(first.productionEnvironment.hostname).not.toBe(second.productionEnvironment.hostname);
  });

  test('never gives an environment the host name at which the platform itself is', async () => {
    const settings = { ...testSettings, APPLOYD_PUBLIC_URL: 'https://deploy-acme.apps.test' };
    const hostnameOf = (project: string) =>
      server.db.$transaction((tx) => freeHostname(tx, { project, organization: 'acme', settings }));
    expect(await hostnameOf('deploy')).toMatch(/^deploy-acme-[0-9a-f]{6}\.apps\.test$/);
    expect(await hostnameOf('shop')).toBe('shop-acme.apps.test');
  });

  test('takes a modest slice when none is asked for, and smaller ones as the pool empties', async () => {
    const person = await aPerson(server);
    const sizes = [];
    for (let i = 0; i < 9; i += 1) {
      const result = await create(
        { name: `p${i}` },
        person,
        '... on ProjectCreatePayload { project { allocation { limits { memoryBytes cpuMillicores } } } }',
      );
      sizes.push(result.project?.allocation.limits.cpuMillicores ?? result.code);
    }
    expect(sizes).toEqual([500, 500, 500, 500, 500, 500, 500, 500, 'QUOTA_EXCEEDED']);
  });

  test('says which resource is used up, and how much of it is missing', async () => {
    const person = await aPerson(server);
    const { plan } = await server.db.organization.findUniqueOrThrow({
      where: { id: uuid(person.organizationId) },
      select: { plan: true },
    });
    const half = { memoryBytes: 512 * MiB, cpuMillicores: plan.cpuMillicores / 2, bandwidthBytesPerMonth: 0 };
    for (const name of ['One', 'Two']) await aProject(server, person, { name, resources: half });
    const selection = `... on QuotaExceededError { message available { cpuMillicores memoryBytes }
      violations { rule resource projectId requested available } }`;
    const refused = await create({}, person, selection);
    expect(refused).toMatchObject({ available: { cpuMillicores: 0, memoryBytes: 2 * GiB } });
    expect(refused.message).toContain('Free a slice');
    const [requested, available] = [plan.cpuMillicores + 50, plan.cpuMillicores];
    expect(refused.violations).toEqual([
      { rule: 'SUM_OF_POOL', resource: 'CPU', projectId: null, requested, available },
    ]);
  });

  test('refuses more than half of the pool with the rule and the largest fit', async () => {
    const person = await aPerson(server);
    const resources = { memoryBytes: 3 * GiB, cpuMillicores: 100, bandwidthBytesPerMonth: 0 };
    const refused = await create(
      { resources },
      person,
      '... on QuotaExceededError { requested { memoryBytes } available { memoryBytes } }',
    );
    expect(refused).toMatchObject({
      __typename: 'QuotaExceededError',
      message: expect.stringContaining('at most half of the pool: 2 GiB'),
      requested: { memoryBytes: 3 * GiB },
      available: { memoryBytes: 2 * GiB },
    });
  });

  test('lets exactly those in that fit, when twenty come at once', async () => {
    const person = await aPerson(server);
    const resources = { memoryBytes: 512 * MiB, cpuMillicores: 50, bandwidthBytesPerMonth: 0 };
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => create({ name: `P ${i}`, resources }, person)),
    );
    const kinds = results.map(({ __typename }) => __typename);
    expect(kinds.filter((kind) => kind === 'ProjectCreatePayload')).toHaveLength(8);
    expect(kinds.filter((kind) => kind === 'QuotaExceededError')).toHaveLength(12);
    const kept = await server.db.allocation.findMany({ where: { organizationId: uuid(person.organizationId) } });
    expect(kept.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0n)).toBe(BigInt(4 * GiB));
  });

  test('refuses those who only read', async () => {
    const person = await aPerson(server);
    await server.db.membership.updateMany({ where: { userId: uuid(person.userId) }, data: { role: 'VIEWER' } });
    expect(await create({}, person, '... on ForbiddenError { requiredRole }')).toMatchObject({
      __typename: 'ForbiddenError',
      requiredRole: 'DEVELOPER',
    });
  });
});

describe('an idempotency key', () => {
  test('gives the first result again, and refuses another input', async () => {
    const input = { name: 'Once', idempotencyKey: 'once-only-1' };
    const first = await create(input);
    expect(await create(input)).toEqual({ ...first, replayed: true });
    const other = await create({ ...input, name: 'Twice' }, ada, '... on IdempotencyError { problem }');
    expect(other).toMatchObject({ __typename: 'IdempotencyError', problem: 'KEY_REUSED', retryable: false });
  });

  test('has one effect when ten calls come at once', async () => {
    const input = { name: 'Parallel', idempotencyKey: 'parallel-once' };
    const results = await Promise.all(Array.from({ length: 10 }, () => create(input)));
    expect(new Set(results.map(({ project }) => project.id)).size).toBe(1);
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await server.db.project.count({ where: { name: 'Parallel' } })).toBe(1);
  });

  test('is free again after a refusal, and after its day', async () => {
    const key = 'refused-first-1';
    expect(await create({ slug: 'parallel', idempotencyKey: key })).toMatchObject({ __typename: 'ConflictError' });
    const first = await create({ slug: 'free-now', idempotencyKey: key });
    expect(first).toMatchObject({ replayed: false });
    await server.db.idempotencyKey.updateMany({
      where: { key },
      data: { createdAt: new Date(Date.now() - 25 * 3600 * 1000) },
    });
    expect(await create({ slug: 'tomorrow', idempotencyKey: key })).toMatchObject({
      replayed: false,
      project: { slug: 'tomorrow' },
    });
  });

  test('belongs to one person and one organization', async () => {
    const person = await aPerson(server);
    const input = { name: 'Mine', idempotencyKey: 'not-yours-1' };
    const [mine, theirs] = [await create(input), await create(input, person)];
    expect(theirs).toMatchObject({ replayed: false });
    expect(theirs.project.id).not.toBe(mine.project.id);
  });
});

describe('lists', () => {
  test('are read with the same number of statements for one row as for twenty', async () => {
    const person = await aPerson(server);
    await onPlan(server, person, 'PRO');
    const document = `query ($id: ID!) { organization(by: { id: $id }) { slug pool { allocations { limits { memoryBytes } project { slug } updatedBy { name email } } }
      projects(first: 20) { totalCount nodes { slug organization { slug viewerRole } allocation { limits { memoryBytes } project { slug } }
        productionEnvironment { url limits { memoryBytes } liveDeployment { number } variables { key updatedBy { name } } } } } } }`;
    const counted = await readCounting(person, document, 1);
    const many = await readCounting(person, document, 20);
    expect(many.rows).toBe(20);
    expect(many.statements).toBe(counted.statements);
  });
});

/** Makes projects until there are `count`, then reads them all; how many statements that took. */
async function readCounting(person: Person, document: string, count: number) {
  const there = await server.db.project.count({ where: { organizationId: uuid(person.organizationId) } });
  for (let i = there; i < count; i += 1) {
    const project = await aProject(server, person, { name: `P ${i}` });
    const variables = [{ key: 'A', value: '1' }];
    await mutate(server, person.token, 'variablesSet', { environmentId: project.environmentId, variables }, '');
  }
  const before = server.statements();
  const { data, errors } = await ask(server, document, { id: person.organizationId }, { token: person.token });
  expect(errors).toEqual([]);
  return { rows: data.organization.projects.nodes.length, statements: server.statements() - before };
}

test.each(['a\u0000b', '\u0000', 'no such', 'x'.repeat(1_000), 'ÄÖ', ''])(
  'looking for %j finds nothing',
  async (slug) => {
    const person = await aPerson(server);
    const document = `query ($slug: String!, $path: String!) {
    organization(by: { slug: $slug }) { id } project(by: { path: $path }) { id } other: project(by: { path: $slug }) { id } }`;
    const answer = await ask(server, document, { slug, path: `${slug}/${slug}` }, { token: person.token });
    expect([answer.data, answer.errors]).toEqual([{ organization: null, project: null, other: null }, []]);
  },
);
