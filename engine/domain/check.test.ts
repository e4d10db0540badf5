import { beforeEach, describe, expect, test } from 'vitest';
import { astrayForMs, domainFindings, keptForMs } from '@apployd/core/domain';
import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import { closeRoute } from '@apployd/prisma/close-route';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Domain, Environment } from '@apployd/prisma/generated/client/client';
import { dnsChallenges, type DnsChallenges } from '../certificates/dns-challenges.js';
import { fakeDns } from '../dns/fake.js';
import { deploy } from '../deploy/deploy.js';
import { leadToLive } from '../route/lead-to-live.js';
import { lockRoutes } from '../route/set-route.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { certificateWork } from '../testing/certificate-work.js';
import { reconcile } from '../testing/reconcile.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { checkDomain } from './check.js';
import { checkDueDomains } from './check-due.js';

const house = useEngine();
const here = ['192.0.2.1', '2001:DB8::1'.toLowerCase()];
const elsewhere = ['198.51.100.7'];
let name = '';
let now = new Date();
beforeEach(() => {
  name = `${newId()}.test`;
  now = new Date();
});

const challenge = () => `_apployd-challenge.${name}`;
const later = (ms: number) => (now = new Date(now.getTime() + ms));
const engine = () => ({ ...house.engine, clock: { ...house.engine.clock, now: () => now } });
const check = (id: string) => checkDomain(engine(), id, never);
const row = (id: string) => house.engine.db.domain.findUniqueOrThrow({ where: { id } });
const routeOf = (hostname: string) => house.engine.db.route.findUnique({ where: { hostname } });

async function claim(environment: Environment, data: Partial<Domain> = {}): Promise<string> {
  const { organizationId, projectId, id: environmentId } = environment;
  const own = { id: newId(), organizationId, projectId, environmentId, name, proof: `proof of ${organizationId}` };
  return (await house.engine.db.domain.create({ data: { ...own, ...data, findings: undefined } })).id;
}

const prove = (...environments: Environment[]) =>
  house.engine.resolver.set(challenge(), {
    txt: environments.map(({ organizationId }) => `proof of ${organizationId}`),
  });
const lead = (addresses: readonly string[]) => house.engine.resolver.set(name, { addresses });

test('a name leads nowhere before its TXT record is there, and where its environment does from then on', async () => {
  const {
    environment,
    engine: { edge },
  } = house;
  await house.goLive('one');
  const id = await claim(environment);
  lead(here);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'PENDING_DNS', problem: 'PROOF_MISSING', verifiedAt: null });
  expect(await routeOf(name)).toBeNull();
  house.engine.resolver.set(challenge(), { txt: ['something else'] });
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'PENDING_DNS', problem: 'PROOF_OTHER' });
  prove(environment);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE', problem: null, verifiedAt: now, activeAt: now });
  const { targets, deploymentId } = (await routeOf(environment.hostname))!;
  expect(await routeOf(name)).toMatchObject({ environmentId: environment.id, targets, deploymentId });
  await expect.poll(async () => (await edge.visit(name)).body).toBe('one');
  const second = await house.goLive('two');
  expect(await routeOf(name)).toMatchObject({ deploymentId: second.id });
  expect(await house.events()).toEqual(expect.arrayContaining(['domain.verified', 'domain.active']));
});

test('a name that is proven before anything is deployed leads there with the first deployment', async () => {
  const id = await claim(house.environment);
  prove(house.environment);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'VERIFYING', problem: 'NO_ADDRESS', verifiedAt: now });
  lead(elsewhere);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'VERIFYING', problem: 'POINTS_ELSEWHERE' });
  expect(await routeOf(name)).toBeNull();
  const { id: deploymentId } = await house.goLive('one');
  expect(await routeOf(name)).toMatchObject({ deploymentId });
});

test('a name that is proven while its environment sleeps has its visitors held as the others are, and none once it is removed', async () => {
  const {
    environment,
    engine: { db },
  } = house;
  const { id: deploymentId } = await house.goLive('one');
  const own = { hostname: environment.hostname };
  await db.route.update({ where: own, data: { asleep: true, targets: [] } });
  const id = await claim(environment);
  prove(environment);
  await check(id);
  for (const hostname of [environment.hostname, name]) {
    expect(await routeOf(hostname)).toMatchObject({ asleep: true, targets: [], deploymentId });
  }
  await db.$transaction((tx) => closeRoute(tx, name));
  expect(await routeOf(name)).toMatchObject({ asleep: false, targets: [], deploymentId: null });
});

test.each([
  ['to a proxy', ['104.16.1.1'], 'BEHIND_PROXY'],
  ['elsewhere too', [...here, ...elsewhere], 'POINTS_ELSEWHERE_TOO'],
  ['here alone', here, null],
])('a name that leads %s is in use', async (_, addresses, problem) => {
  const id = await claim(house.environment);
  prove(house.environment);
  lead(addresses);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE', problem });
});

test('what leads elsewhere is told from what leads here, however that is written, and by the host name where no addresses are set', async () => {
  const { settings, resolver } = house.engine;
  const id = await claim(house.environment);
  prove(house.environment);
  lead([...here, ...elsewhere]);
  const findingsWith = async (edgeAddresses: readonly string[]) => {
    await checkDomain({ ...engine(), settings: { ...settings, edgeAddresses } }, id, never);
    return (await row(id)).findings;
  };
  const found = { leads: 'HERE_TOO', foreign: elsewhere };
  expect(await findingsWith(['192.0.2.1', '2001:DB8:0::1'])).toMatchObject(found);
  expect(await findingsWith([])).toMatchObject({ leads: 'PLATFORM_UNKNOWN', foreign: null });
  resolver.set(house.environment.hostname, { addresses: here });
  expect(await findingsWith([])).toMatchObject(found);
});

test('a certificate that a name failed to get is ordered at once when the name leads here', async () => {
  const { db } = house.engine;
  const id = await claim(house.environment);
  const failed = { failureCode: 'UNREACHABLE', attempts: 7, nextAttemptAt: new Date(now.getTime() + 3_600_000) };
  await db.certificate.create({ data: { hostname: name, ...failed } });
  const certificate = () => db.certificate.findUniqueOrThrow({ where: { hostname: name } });
  await check(id);
  expect(await certificate()).toMatchObject(failed);
  prove(house.environment);
  await check(id);
  expect(await certificate()).toMatchObject({ attempts: 0, nextAttemptAt: now });
  await db.certificate.update({ where: { hostname: name }, data: failed });
  lead(here);
  await check(id);
  expect(await certificate()).toMatchObject({ attempts: 0, nextAttemptAt: now });
  await db.certificate.update({ where: { hostname: name }, data: failed });
  await check(id);
  expect(await certificate()).toMatchObject(failed);
});

test('a wildcard is proven for the name that it stands under, and is asked for a name below it', async () => {
  const id = await claim(house.environment, { name: `*.${name}` });
  prove(house.environment);
  house.engine.resolver.set(`apployd-check.${name}`, { addresses: here });
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE' });
});

test('a wildcard takes nothing of a name below it that another organization holds, nor gives names below it away', async () => {
  const { environment, engine } = house;
  const next = await anEnvironment(engine);
  await house.goLive('one');
  const below = `shop.${name}`;
  const held = await claim(environment, { name: below });
  engine.resolver.set(`_apployd-challenge.${below}`, { txt: [`proof of ${environment.organizationId}`] });
  await check(held);
  const before = await routeOf(below);
  const wildcard = await claim(next, { name: `*.${name}` });
  prove(next);
  await check(wildcard);
  engine.publish('two', says('two'));
  await deploy(engine, (await aDeployment(engine, next, { ref: 'two' })).id, never);
  await check(held);
  expect(await row(wildcard)).toMatchObject({ verifiedAt: now });
  expect(await routeOf(`*.${name}`)).toMatchObject({ environmentId: next.id });
  expect(await row(held)).toMatchObject({ verifiedAt: now, lostAt: null });
  expect(await routeOf(below)).toMatchObject({ environmentId: environment.id, targets: before?.targets });
  expect(before?.targets).toHaveLength(1);
  // What proves the wildcard is no proof of a name below it.
  const wanted = await claim(environment, { name: `pay.${name}` });
  prove(next, environment);
  await check(wanted);
  expect(await row(wanted)).toMatchObject({ problem: 'PROOF_MISSING', verifiedAt: null });
  expect(await routeOf(`pay.${name}`)).toBeNull();
});

test('who may issue certificates is read from the nearest name that says so, for a wildcard from what is said of those', async () => {
  house.engine.resolver.set('test', { caa: ['issue far.example'] });
  const plain = await claim(house.environment);
  await check(plain);
  expect((await row(plain)).findings).toMatchObject({ caa: ['far.example'] });
  house.engine.resolver.set(name, { caa: ['issue near.example', 'issuewild wild.example'] });
  const wildcard = await claim(house.environment, { name: `*.${name}` });
  for (const id of [plain, wildcard]) await check(id);
  expect((await row(plain)).findings).toMatchObject({ caa: ['near.example'] });
  expect((await row(wildcard)).findings).toMatchObject({ caa: ['wild.example'] });
  house.engine.resolver.set(name, { caa: ['iodef mailto:ca@example.com'] });
  await check(plain);
  expect((await row(plain)).findings).toMatchObject({ caa: [] });
});

test('whom CAA records are to name is what the authority says, and where those stand that count is told', async () => {
  house.engine.resolver.set(name, { caa: ['issue other.example', 'issuewild wild.example'] });
  const id = await claim(house.environment, { name: `*.www.${name}` });
  await check(id);
  expect((await row(id)).findings).toMatchObject({ authorities: [], caaFrom: { at: name, tag: 'issuewild' } });
  const certificates = certificateWork();
  const { directory } = certificates;
  const until = new Date(now.getTime() + 3_600_000);
  await house.engine.db.acmePause.create({ data: { directory, until } });
  await checkDomain({ ...engine(), certificates }, id, never);
  const pausedUntil = until.toISOString();
  expect((await row(id)).findings).toMatchObject({ authorities: ['authority.test'], pausedUntil });
  await house.engine.db.acmePause.deleteMany();
});

describe('port 80', () => {
  const tried = async (id: string) => {
    await checkDomain({ ...engine(), certificates: certificateWork() }, id, never);
    return domainFindings.parse((await row(id)).findings).port80;
  };

  test('of a name that is proven and leads here is asked for what edges answer, at each address', async () => {
    const { port80, db } = house.engine;
    const [public4, refusing, silent] = ['104.18.0.1', '104.18.0.2', '104.18.0.3'];
    port80.set(public4, async () => ({ status: 301, body: '' }));
    port80.set(refusing, () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })));
    port80.set(silent, () => Promise.reject(new DOMException('late', 'TimeoutError')));
    const id = await claim(house.environment);
    prove(house.environment);
    lead([here[0]!, public4, refusing, silent]);
    expect(await tried(id)).toEqual([
      { address: here[0], answer: 'OURS' },
      { address: public4, answer: 'REDIRECT' },
      { address: refusing, answer: 'REFUSED' },
      { address: silent, answer: 'SILENT' },
    ]);
    expect(port80.asked.map(({ hostname }) => hostname)).toEqual([name, name, name, name]);
    // Nothing is left that an edge would answer.
    expect(await db.acmeChallenge.count({ where: { hostname: name } })).toBe(0);
  });

  test('is not asked at addresses of private networks, wherever a name leads', async () => {
    const id = await claim(house.environment);
    prove(house.environment);
    lead([here[0]!, '169.254.169.254', '127.0.0.1', '::1']);
    expect(await tried(id)).toEqual([
      { address: here[0], answer: 'OURS' },
      ...['169.254.169.254', '127.0.0.1', '::1'].map((address) => ({ address, answer: 'NOT_PUBLIC' })),
    ]);
    expect(house.engine.port80.asked).toHaveLength(1);
  });

  test('of a name that is not proven, leads elsewhere, or is a wildcard is asked nowhere', async () => {
    const id = await claim(house.environment);
    lead(here);
    expect(await tried(id)).toBeNull();
    prove(house.environment);
    lead(elsewhere);
    expect(await tried(id)).toBeNull();
    const wildcard = await claim(house.environment, { name: `*.${name}` });
    house.engine.resolver.set(`apployd-check.${name}`, { addresses: here });
    expect(await tried(wildcard)).toBeNull();
    expect(house.engine.port80.asked).toEqual([]);
  });
});

test('the first that is proven holds the name; a claim that is not stands in nobody’s way', async () => {
  const [squatter, owner] = [await anEnvironment(house.engine), house.environment];
  const claims = [await claim(squatter), await claim(owner)] as const;
  await Promise.all(claims.map(check));
  prove(owner);
  lead(here);
  await Promise.all(claims.map(check));
  expect(await Promise.all(claims.map(row))).toMatchObject([
    { status: 'PENDING_DNS', problem: 'PROOF_OTHER', verifiedAt: null },
    { status: 'ACTIVE', verifiedAt: now },
  ]);
  // Even one who gets a proof in cannot take it from who has it.
  prove(squatter);
  await check(claims[0]);
  expect(await row(claims[0])).toMatchObject({ problem: 'HELD_BY_ANOTHER', verifiedAt: null });
  expect((await row(claims[1])).verifiedAt).not.toBeNull();
});

test('two that are proven at the same moment do not both have the name', async () => {
  const both = [await anEnvironment(house.engine), house.environment];
  const ids = await Promise.all(both.map((environment) => claim(environment)));
  prove(...both);
  await Promise.all(ids.map(check));
  const rows = await Promise.all(ids.map(row));
  expect(rows.filter(({ verifiedAt }) => verifiedAt)).toHaveLength(1);
  expect(rows.map(({ problem }) => problem)).toContain('HELD_BY_ANOTHER');
});

test('a name that leads elsewhere is said to be misconfigured after a while, keeps its route, and is well once it leads here again', async () => {
  await house.goLive('one');
  const id = await claim(house.environment);
  prove(house.environment);
  lead(here);
  await check(id);
  lead(elsewhere);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE', problem: 'POINTS_ELSEWHERE', astrayAt: now });
  later(astrayForMs);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'MISCONFIGURED', problem: 'POINTS_ELSEWHERE', lostAt: null });
  expect(await house.events()).toContain('domain.misconfigured');
  expect((await routeOf(name))?.targets).toHaveLength(1);
  lead(here);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE', problem: null, astrayAt: null });
});

test('when a proof is gone those who may see to domains are told with the record, and once a day when it comes and goes', async () => {
  const { db, secretBox } = house.engine;
  const { organizationId } = house.environment;
  const people: string[] = [];
  for (const role of ['OWNER', 'DEVELOPER', 'BILLING'] as const) {
    const userId = newId();
    await db.user.create({ data: { id: userId, name: 'Ada', email: `${userId}@example.com` } });
    await db.membership.create({ data: { organizationId, userId, role } });
    if (role !== 'BILLING') people.push(`${userId}@example.com`);
  }
  const id = await claim(house.environment);
  const mails = async () => {
    const rows = await db.mail.findMany();
    await db.mail.deleteMany();
    return rows.map((mail) => JSON.parse(secretBox.open(mail.sealed, mailContext(mail.id))) as Mail);
  };
  const set = async (proof: string) => {
    house.engine.resolver.set(challenge(), { txt: [proof] });
    await check(id);
  };
  await db.mail.deleteMany();
  lead(here);
  await set(`proof of ${organizationId}`);
  expect(await mails()).toEqual([]);
  await set('something else');
  const told = await mails();
  expect(told.map(({ to }) => to).sort()).toEqual(people.sort());
  expect(told[0]?.text).toContain(`${challenge()} TXT proof of ${organizationId}`);
  await check(id);
  await set(`proof of ${organizationId}`);
  later(3_600_000);
  await set('something else');
  expect(await mails()).toEqual([]);
  expect((await house.events()).filter((type) => type === 'domain.proof_lost')).toHaveLength(2);
  // It lasts, so it is told of after all.
  later(24 * 3_600_000);
  await check(id);
  expect(await mails()).toHaveLength(2);
  await check(id);
  expect(await mails()).toEqual([]);
  await set(`proof of ${organizationId}`);
  later(24 * 3_600_000);
  await set('something else');
  expect(await mails()).toHaveLength(2);
});

test('a holder that is lost keeps the name for two weeks; then who proves it has it, and the former one is told', async () => {
  const [former, next] = [house.environment, await anEnvironment(house.engine)];
  await house.goLive('one');
  const [old, fresh] = [await claim(former), await claim(next)];
  prove(former);
  lead(here);
  await check(old);
  prove(next);
  lead(elsewhere);
  await check(old);
  expect(await row(old)).toMatchObject({ problem: 'PROOF_LOST', lostAt: now });
  later(keptForMs - 1);
  await check(old);
  await check(fresh);
  expect(await row(fresh)).toMatchObject({ problem: 'HELD_BY_ANOTHER', verifiedAt: null });
  expect(await row(old)).toMatchObject({ status: 'MISCONFIGURED', problem: 'PROOF_LOST' });
  later(1);
  await check(fresh);
  expect(await row(fresh)).toMatchObject({ status: 'VERIFYING', verifiedAt: now });
  expect(await row(old)).toMatchObject({ status: 'PENDING_DNS', problem: 'TAKEN_BY_ANOTHER', verifiedAt: null });
  // Nothing runs there yet: the former one's app does not go on under a name that is no longer its own.
  expect((await routeOf(name))?.targets).toEqual([]);
  expect(await house.events()).toContain('domain.released');
});

test('a holder whose proof is gone is told, and gives the name up to who proves it, even while the name leads here', async () => {
  const [former, next] = [house.environment, await anEnvironment(house.engine)];
  const [old, fresh] = [await claim(former), await claim(next)];
  prove(former);
  lead(here);
  await check(old);
  prove(next);
  const lostAt = now;
  await check(old);
  expect(await row(old)).toMatchObject({ status: 'ACTIVE', problem: 'PROOF_LOST', lostAt });
  house.engine.resolver.silence(challenge());
  later(keptForMs);
  await check(old);
  expect(await row(old)).toMatchObject({ status: 'ACTIVE', lostAt });
  prove(former);
  await check(old);
  expect(await row(old)).toMatchObject({ status: 'ACTIVE', problem: null, lostAt: null });
  prove(next);
  await check(old);
  later(keptForMs);
  await check(old);
  await check(fresh);
  expect(await row(fresh)).toMatchObject({ status: 'ACTIVE', verifiedAt: now });
  expect(await row(old)).toMatchObject({ problem: 'TAKEN_BY_ANOTHER', verifiedAt: null });
});

test('what a record says is kept without what the database refuses or nobody sees', async () => {
  const id = await claim(house.environment);
  house.engine.resolver.set(challenge(), { txt: ['a\0b', '\u{D800}c', 'd\u{202E}e', 'é'] });
  house.engine.resolver.set(name, { caa: ['issue \0'] });
  await check(id);
  expect((await row(id)).findings).toMatchObject({ proofs: ['a\uFFFDb', '\uFFFDc', 'd\uFFFDe', 'é'], caa: ['\uFFFD'] });
});

test('a look that comes to no end is tried again after pauses that grow, up to an hour', async () => {
  const id = await claim(house.environment);
  const refuse = () => Promise.reject(new Error('refused'));
  const db = new Proxy(house.engine.db, {
    get: (target, key) => (key === '$transaction' ? refuse : Reflect.get(target, key)),
  });
  const pauses: number[] = [];
  for (const age of [0, 5, 30, 24 * 60]) {
    now = new Date(Date.now() + age * 60_000);
    await expect(checkDomain({ ...engine(), db }, id, never)).rejects.toThrow('refused');
    pauses.push((await row(id)).nextCheckAt.getTime() - now.getTime());
  }
  expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
  expect([pauses[0], pauses.at(-1)]).toEqual([30_000, 3_600_000]);
});

test('domains of one organization that are due, however many and long, leave a place for those of others', async () => {
  const { db } = house.engine;
  await db.domain.updateMany({ data: { nextCheckAt: new Date(Date.now() + 365 * 24 * 3_600_000) } });
  const busy = await anEnvironment(house.engine);
  const { organizationId, projectId, id: environmentId } = busy;
  const nextCheckAt = new Date(Date.now() - 3_600_000);
  const many = Array.from({ length: 101 }, () => ({ id: newId(), name: `${newId()}.test`, proof: 'none' }));
  const on = { organizationId, projectId, environmentId, nextCheckAt };
  await db.domain.createMany({ data: many.map((one) => ({ ...one, ...on })) });
  const id = await claim(house.environment, { nextCheckAt: now });
  later(1_000);
  await checkDueDomains(engine(), never);
  expect((await row(id)).checkedAt).toEqual(now);
  expect(await db.domain.count({ where: { environmentId, checkedAt: { not: null } } })).toBe(5);
});

test('whoever has not proven a name does not learn that somebody else has, nor are they told', async () => {
  const [rival, owner] = [await anEnvironment(house.engine), house.environment];
  const [unproven, proven] = [await claim(rival), await claim(owner)];
  await check(unproven);
  const before = await row(unproven);
  prove(owner);
  const told: string[] = [];
  const publish = (topic: string, id: string) => void told.push(`${topic} ${id}`);
  await checkDomain({ ...engine(), events: { ...house.engine.events, publish } }, proven, never);
  expect(told).toEqual(expect.arrayContaining([`project ${owner.projectId}`, `route ${name}`]));
  expect(told.filter((one) => one.endsWith(rival.projectId))).toEqual([]);
  expect(await row(unproven)).toEqual(before);
});

test('the route of a name that was another’s is its new holder’s before anything is deployed there, and says nothing of the former', async () => {
  const {
    environment: former,
    engine: { db },
  } = house;
  const next = await anEnvironment(house.engine);
  await house.goLive('one');
  const [old, fresh] = [await claim(former), await claim(next)];
  prove(former);
  await check(old);
  const redirects = [{ from: '/*', to: 'https://former.example', permanent: false }];
  await db.route.update({ where: { hostname: name }, data: { redirects } });
  const { version } = (await routeOf(name))!;
  await db.domain.delete({ where: { id: old } });
  prove(next);
  await check(fresh);
  const { organizationId, id: environmentId } = next;
  const emptied = { organizationId, environmentId, targets: [], redirects: [], deploymentId: null };
  expect(await routeOf(name)).toMatchObject(emptied);
  expect((await routeOf(name))!.version).toBeGreaterThan(version);
  await reconcile(house.engine);
  expect(await routeOf(name)).toMatchObject(emptied);
  // Its own host name is not taken for one that was set up already.
  expect(await db.$transaction((tx) => leadToLive(tx, environmentId))).toBeNull();
  expect(await routeOf(next.hostname)).toBeNull();
});

test('a name that is taken over keeps nobody who has the routes from the events of who had it', async () => {
  const { db } = house.engine;
  const [former, next] = [house.environment, await anEnvironment(house.engine)];
  const [old, fresh] = [await claim(former), await claim(next)];
  prove(former);
  await check(old);
  prove(next);
  await check(old);
  later(keptForMs);
  await check(old);
  const whileRoutesAreHeld = async (tx: Transaction) => {
    await lockRoutes(tx);
    const taken = check(fresh);
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    await tx.$queryRaw`SELECT 1 FROM "EventStream" WHERE "id" = ${former.projectId}::uuid FOR UPDATE NOWAIT`;
    return { taken };
  };
  await (
    await db.$transaction(whileRoutesAreHeld, { timeout: 20_000 })
  ).taken;
  expect(await row(fresh)).toMatchObject({ verifiedAt: now });
  expect(await house.events()).toContain('domain.released');

  async function waiting(): Promise<number> {
    const [found] = await db.$queryRaw<[{ count: bigint }]>`
      SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return Number(found.count);
  }
});

test('a holder that nobody has looked at for long keeps its name', async () => {
  const [former, next] = [house.environment, await anEnvironment(house.engine)];
  const long = new Date(now.getTime() - 2 * keptForMs);
  await claim(former, { verifiedAt: long, lostAt: long, checkedAt: long });
  const fresh = await claim(next);
  prove(next);
  await check(fresh);
  expect(await row(fresh)).toMatchObject({ problem: 'HELD_BY_ANOTHER' });
});

test('name servers that do not answer change nothing of what is in use', async () => {
  const id = await claim(house.environment);
  house.engine.resolver.silence(challenge());
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'PENDING_DNS', problem: 'DNS_SILENT' });
  prove(house.environment);
  lead(here);
  await check(id);
  house.engine.resolver.silence(challenge());
  house.engine.resolver.silence(name);
  later(keptForMs);
  await check(id);
  expect(await row(id)).toMatchObject({ status: 'ACTIVE', problem: 'DNS_SILENT', astrayAt: null, lostAt: null });
});

test('domains are looked at when they are due, later and later while nothing comes of it, and not while their environment is being deleted', async () => {
  const { db } = house.engine;
  const id = await claim(house.environment);
  const waits: number[] = [];
  for (const age of [0, 2, 48, 24 * 30]) {
    now = new Date(Date.now() + age * 60 * 60_000);
    await checkDueDomains(engine(), never);
    const { nextCheckAt, checkedAt } = await row(id);
    expect(checkedAt).toEqual(now);
    waits.push(nextCheckAt.getTime() - now.getTime());
  }
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
  const before = now;
  await checkDueDomains(engine(), never);
  expect((await row(id)).checkedAt).toEqual(before);
  later(keptForMs);
  await db.environment.update({ where: { id: house.environment.id }, data: { deletesAt: new Date() } });
  await checkDueDomains(engine(), never);
  expect((await row(id)).checkedAt).toEqual(before);
});

test('a route that a domain lacks is made, and one that is nobody’s any more is removed', async () => {
  const { db } = house.engine;
  await house.goLive('one');
  const id = await claim(house.environment);
  prove(house.environment);
  await check(id);
  await db.route.delete({ where: { hostname: name } });
  await reconcile(house.engine);
  expect((await routeOf(name))?.targets).toHaveLength(1);
  await db.$transaction(async (tx) => {
    await tx.domain.delete({ where: { id } });
    await closeRoute(tx, name);
  });
  await reconcile(house.engine);
  expect((await routeOf(name))?.targets).toEqual([]);
  await db.route.update({ where: { hostname: name }, data: { updatedAt: new Date(Date.now() - 61_000) } });
  await reconcile(house.engine);
  expect(await routeOf(name)).toBeNull();
  expect(await routeOf(house.environment.hostname)).not.toBeNull();
});

test('of a wildcard it is kept whether it can be proven to an authority, and where its owner is to hand that on to', async () => {
  await house.goLive('one');
  const wildcard = `*.${name}`;
  const id = await claim(house.environment, { name: wildcard });
  const { resolver } = house.engine;
  const dns = fakeDns(['apps.example.test']);
  const parts = { dns, resolver, baseDomain: 'apps.example.test', clock: house.engine.clock, waitMs: 0 };
  const look = async (places: DnsChallenges | null) => {
    await checkDomain({ ...engine(), certificates: certificateWork({ places }) }, id, never);
    return (await row(id)).findings;
  };
  expect(await look(null)).toMatchObject({ provable: false, delegation: null });
  const undelegated = await look(dnsChallenges(parts));
  const to = expect.stringMatching(/^[0-9a-f]{32}\._acme-challenge\.apps\.example\.test$/);
  expect(undelegated).toMatchObject({ provable: false, delegation: { to, observed: null } });
  const alias = domainFindings.parse(undelegated).delegation?.to ?? '';
  resolver.set(`_acme-challenge.${name}`, { cname: alias });
  expect(await look(dnsChallenges(parts))).toMatchObject({
    provable: true,
    delegation: { to: alias, observed: alias },
  });
  await check(id);
  expect((await row(id)).findings).toMatchObject({ provable: null, delegation: null });
});
