import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mostDomains } from '@apployd/core/domain';
import { newId } from '@apployd/core/id';
import { ask, issues, mutate, type Data } from '../testing/client.js';
import { aDomain, aPerson, aProject, aToken, onPlan, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

const asked: string[] = [];
let server: TestServer;
let person: Person;
let stranger: Person;
let shop: MadeProject;
let foreign: MadeProject;
let name: string;
beforeAll(async () => {
  server = await testServer({ jobs: { ask: async (job, id) => void asked.push(`${job} ${id}`) } });
  [person, stranger] = [await aPerson(server), await aPerson(server)];
  for (const one of [person, stranger]) await onPlan(server, one, 'BUSINESS');
  foreign = await aProject(server, stranger);
});
afterAll(() => server.close());
beforeEach(async () => {
  asked.length = 0;
  name = `${newId()}.example`;
  shop = await aProject(server, person);
});

const shown = 'domain { id name status verifiedAt problem { code message } records { type name value observed ok } }';
const add = (typed: string, environmentId = shop.environmentId, token = person.token): Promise<Data> =>
  mutate(
    server,
    token,
    'domainAdd',
    { environmentId, name: typed },
    `... on DomainAddPayload { ${shown} } ${issues} ... on PlanLimitError { limit }`,
  );
const recheck = (domainId: string): Promise<Data> =>
  mutate(server, person.token, 'domainRecheck', { domainId }, '... on CapacityError { retryAfterMs }');
const remove = (domainId: string, token = person.token): Promise<Data> =>
  mutate(server, token, 'domainRemove', { domainId }, '... on DomainRemovePayload { removedId environmentId }');
const row = (id: string) => server.db.domain.findUnique({ where: { id: uuid(id) } });

test('a name is added once however it is spelled, shown with what to set, and looked for at once', async () => {
  const { domain } = await add(` WWW.${name.toUpperCase()}. `);
  const { hostname } = await server.db.environment.findUniqueOrThrow({ where: { id: uuid(shop.environmentId) } });
  const unseen = { observed: [], ok: false };
  const proof = expect.stringMatching(/^apployd-proof=[0-9a-f]{40}$/);
  expect(domain).toMatchObject({ name: `www.${name}`, status: 'PENDING_DNS', verifiedAt: null, problem: null });
  expect(domain.records).toEqual([
    { type: 'TXT', name: `_apployd-challenge.www.${name}`, value: proof, ...unseen },
    { type: 'CNAME', name: `www.${name}`, value: hostname, ...unseen },
  ]);
  expect(asked).toContain(`check-domain ${uuid(domain.id)}`);
  expect(await add(`www.${name}.`)).toMatchObject({ code: 'CONFLICT' });
});

test('an apex gets the addresses of the edges, a wildcard the proof of the name that it stands under', async () => {
  const apex = (await add(name)).domain;
  expect(apex.records.slice(1)).toMatchObject([
    { type: 'A', name, value: '192.0.2.1' },
    { type: 'AAAA', name, value: '2001:db8::1' },
  ]);
  const wildcard = (await add(`*.${name}`)).domain;
  expect(wildcard.records).toMatchObject([
    { type: 'TXT', name: `_apployd-challenge.${name}` },
    { type: 'CNAME', name: `*.${name}` },
  ]);
  expect(wildcard.records[0].value).not.toBe(apex.records[0].value);
});

test('what the last check has found is shown, with a sentence that says what to do', async () => {
  const findings = { proof: 'MISSING', proofs: ['something else'], leads: 'ELSEWHERE', addresses: ['198.51.100.7'] };
  const id = await aDomain(server, shop, { name, problem: 'POINTS_ELSEWHERE', findings });
  const document = `query ($id: ID!) { node(id: $id) { ... on Domain { ${shown.slice(9, -1)} } } }`;
  const { node } = (await ask(server, document, { id }, { token: person.token })).data;
  expect(node.problem).toMatchObject({ code: 'POINTS_ELSEWHERE', message: expect.stringContaining('198.51.100.7') });
  expect(node.records.map(({ observed }: Data) => observed)).toEqual([
    ['something else'],
    ['198.51.100.7'],
    ['198.51.100.7'],
  ]);
});

test('the certificate of a name is shown to who holds it, and to nobody else', async () => {
  const expiresAt = new Date('2027-02-21T00:00:00.000Z');
  await server.db.certificate.create({ data: { hostname: name, status: 'ISSUED', notAfter: expiresAt, chain: 'PEM' } });
  const document =
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Domain { certificate { status expiresAt problemCode } } } }';
  const [held, claimed] = [await aDomain(server, shop, { name, verifiedAt: new Date() }), await aDomain(server, shop)];
  const { data } = await ask(server, document, { ids: [held, claimed] }, { token: person.token });
  expect(data.nodes).toEqual([
    { certificate: { status: 'ISSUED', expiresAt: expiresAt.toISOString(), problemCode: null } },
    { certificate: null },
  ]);
  const other = await aDomain(server, foreign, { name });
  const theirs = await ask(server, document, { ids: [other] }, { token: stranger.token });
  expect(theirs.data.nodes).toEqual([{ certificate: null }]);
});

test.each(['https://example.com', 'co.uk', 'x.apps.test', 'apps.test', '192.0.2.1'])(
  '%s is refused in words',
  async (typed) => {
    expect((await add(typed)).issues).toMatchObject([{ path: ['name'] }]);
  },
);

test("anybody may claim a name that is another's, which changes nothing for them, and has another proof", async () => {
  const id = await aDomain(server, foreign, { name, verifiedAt: new Date(), status: 'ACTIVE' });
  const { domain } = await add(name);
  expect(domain).toMatchObject({ status: 'PENDING_DNS', verifiedAt: null });
  expect(domain.records[0].value).not.toBe((await row(id))?.proof);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE', verifiedAt: expect.any(Date) });
});

test('an organization claims a name once, and a project has a few at most', async () => {
  await add(name);
  const other = await aProject(server, person);
  expect(await add(name, other.environmentId)).toMatchObject({ code: 'CONFLICT' });
  for (let n = 1; n < mostDomains; n += 1) await aDomain(server, shop);
  expect(await add(`more.${name}`)).toMatchObject({ code: 'PLAN_LIMIT', limit: 'domains' });
  expect(await add(`more.${name}`, other.environmentId)).toMatchObject({ __typename: 'DomainAddPayload' });
});

test('a check may be asked for once a minute', async () => {
  const { domain } = await add(name);
  asked.length = 0;
  expect(await recheck(domain.id)).toMatchObject({ __typename: 'DomainRecheckPayload' });
  expect(asked).toEqual([`check-domain ${uuid(domain.id)}`]);
  const again = await recheck(domain.id);
  expect(again).toMatchObject({ code: 'CAPACITY', retryable: true, retryAfterMs: expect.any(Number) });
  expect(again.retryAfterMs).toBeLessThanOrEqual(60_000);
  await server.db.domain.update({
    where: { id: uuid(domain.id) },
    data: { recheckedAt: new Date(Date.now() - 60_000) },
  });
  expect(await recheck(domain.id)).toMatchObject({ __typename: 'DomainRecheckPayload' });
});

test('a check that is asked for has the certificate of a name that is held ordered at once, and of no other', async () => {
  const { domain } = await add(name);
  const { certificate, domain: domains } = server.db;
  const failed = { failureCode: 'WRONG_ANSWER', attempts: 5, nextAttemptAt: new Date(Date.now() + 3_600_000) };
  await certificate.create({ data: { hostname: name, ...failed } });
  await recheck(domain.id);
  expect(await certificate.findUnique({ where: { hostname: name } })).toMatchObject(failed);
  await domains.update({ where: { id: uuid(domain.id) }, data: { verifiedAt: new Date(), recheckedAt: null } });
  await recheck(domain.id);
  const { attempts, nextAttemptAt } = await certificate.findUniqueOrThrow({ where: { hostname: name } });
  expect(attempts).toBe(0);
  expect(nextAttemptAt.getTime()).toBeLessThan(failed.nextAttemptAt.getTime());
});

test('a name that is removed leads nowhere from then on, and others who have proven it are looked at, who alone know', async () => {
  const later = new Date(Date.now() + 3_600_000);
  const id = await aDomain(server, shop, { name, verifiedAt: new Date(), status: 'ACTIVE' });
  const other = await aDomain(server, foreign, { name, nextCheckAt: later, problem: 'HELD_BY_ANOTHER' });
  const third = await aPerson(server);
  const unproven = await aDomain(server, await aProject(server, third), { name, nextCheckAt: later });
  const { organizationId } = (await row(id))!;
  const environmentId = uuid(shop.environmentId);
  const { version } = await server.db.routeVersion.findUniqueOrThrow({ where: { id: 1 } });
  const own = { hostname: name, organizationId, environmentId, version };
  await server.db.route.create({ data: { ...own, targets: ['127.0.0.1:1'], deploymentId: newId() } });
  expect(await remove(id)).toMatchObject({ removedId: id, environmentId: shop.environmentId });
  const route = await server.db.route.findUniqueOrThrow({ where: { hostname: name } });
  expect(route).toMatchObject({ targets: [], deploymentId: null });
  expect(route.version).toBeGreaterThan(version);
  expect((await row(other))?.nextCheckAt.getTime()).toBeLessThan(later.getTime());
  expect((await row(unproven))?.nextCheckAt).toEqual(later);
});

test('a claim that does not hold its name takes no route away with it', async () => {
  const holder = await aDomain(server, foreign, { name, verifiedAt: new Date() });
  const { organizationId, environmentId } = (await row(holder))!;
  const targets = ['127.0.0.1:1'];
  await server.db.route.create({ data: { hostname: name, organizationId, environmentId, version: 0n, targets } });
  const { domain } = await add(name);
  await remove(domain.id);
  expect(await server.db.route.findUnique({ where: { hostname: name } })).toMatchObject({ targets });
});

test('what is being deleted takes no domains, but gives them up', async () => {
  const { domain } = await add(name);
  const deletesAt = new Date(Date.now() + 3_600_000);
  await server.db.environment.update({ where: { id: uuid(shop.environmentId) }, data: { deletesAt } });
  expect(await add(`www.${name}`)).toMatchObject({ code: 'INVALID_STATE' });
  expect(await recheck(domain.id)).toMatchObject({ code: 'INVALID_STATE' });
  expect(await remove(domain.id)).toMatchObject({ removedId: domain.id });
});

test("another organization's domain does not exist, and a token of one environment sees no other's", async () => {
  const id = await aDomain(server, shop);
  for (const field of ['domainRecheck', 'domainRemove']) {
    expect(await mutate(server, stranger.token, field, { domainId: id }, '')).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await add(name, shop.environmentId, stranger.token)).toMatchObject({ code: 'NOT_FOUND' });
  const other = await aProject(server, person);
  const reach = { projectId: uuid(other.id), environmentId: uuid(other.environmentId) };
  const token = await aToken(server, person, { scopes: ['DOMAIN_WRITE'], ...reach });
  expect(await remove(id, token)).toMatchObject({ code: 'NOT_FOUND' });
  const document = 'query ($id: ID!) { project(by: { id: $id }) { domains { nodes { id } } } }';
  const { data } = await ask(server, document, { id: shop.id }, { token: person.token });
  expect(data.project.domains.nodes).toEqual([{ id }]);
});
