import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, mutate } from '../testing/client.js';
import { atTheSameMoment, organizationOf } from '../testing/at-the-same-moment.js';
import { failuresOf } from '../testing/failures.js';
import { aMember, aPerson, aToken, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
});
afterAll(() => server.close());

const done = 'organization { id name slug version viewerRole } replayed';
const perform = (person: Pick<Person, 'token'>, verb: string, input: object, selection = done) => {
  const payload = `... on Organization${verb}Payload { ${selection} }`;
  const field = `organization${verb}`;
  return mutate(server, person.token, field, input, `${payload} ${failuresOf(field)}`);
};
const create = (input: object, token = ada.token) => perform({ token }, 'Create', input);
const update = (input: object, person = ada) =>
  perform(person, 'Update', { organizationId: person.organizationId, ...input });
const transfer = (person: Person, userId: string, input: object = {}) =>
  perform(person, 'Transfer', { organizationId: person.organizationId, userId, ...input });
const leave = (person: Person, input: object = {}) =>
  perform(person, 'Leave', { organizationId: person.organizationId, ...input }, 'organizationId replayed');
const ownersOf = ({ organizationId }: Person) =>
  server.db.membership.count({ where: { organizationId: uuid(organizationId), role: 'OWNER' } });

describe('a person', () => {
  test('may have several organizations, and owns those that they made', async () => {
    const person = await aPerson(server, 'Grace');
    const made = await create({ name: ' Second ', slug: 'second-one' }, person.token);
    expect(made).toMatchObject({
      organization: { name: 'Second', slug: 'second-one', version: 1, viewerRole: 'OWNER' },
      replayed: false,
    });
    const document = '{ viewer { organizations { nodes { id } } } }';
    const { data } = await ask(server, document, {}, { token: person.token });
    expect(data.viewer.organizations.nodes).toEqual([{ id: person.organizationId }, { id: made.organization.id }]);
  });

  test('gets a slug that is asked for or none, and letters behind one that is made from the name', async () => {
    expect(await create({ name: 'Taken', slug: 'taken' })).toMatchObject({ organization: { slug: 'taken' } });
    expect(await create({ name: 'Other', slug: 'taken' })).toMatchObject({ code: 'CONFLICT' });
    expect((await create({ name: 'Taken' })).organization.slug).toMatch(/^taken-[0-9a-f]{6}$/);
    expect((await create({ name: 'Login' })).organization.slug).toMatch(/^login-[0-9a-f]{6}$/);
  });

  test('gets no slug that is an address of the platform, nor one that is none', async () => {
    const rules = await Promise.all(['graphql', 'A b', ''].map((slug) => create({ name: 'X', slug })));
    expect(rules.map((refused) => refused.issues[0].rule)).toEqual(['RESERVED', 'INVALID_FORMAT', 'INVALID_FORMAT']);
    expect((await create({ name: '' })).issues[0]).toMatchObject({ path: ['name'], rule: 'TOO_SHORT' });
  });

  test('gets one organization for one key, however many calls come at once', async () => {
    const input = { name: 'Once', idempotencyKey: 'organization-1' };
    const made = await Promise.all(Array.from({ length: 5 }, () => create(input)));
    expect(new Set(made.map(({ organization }) => organization.id)).size).toBe(1);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  test('owns at most ten, also when more are asked for at once', async () => {
    const person = await aPerson(server, 'Many');
    const made = await Promise.all(Array.from({ length: 12 }, (_, i) => create({ name: `No ${i}` }, person.token)));
    const refused = made.filter(({ code }) => code === 'PLAN_LIMIT');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ limit: 'ownedOrganizations', maximum: 10, current: 10 });
  });

  test('makes none with a token, whatever its scopes', async () => {
    const token = await aToken(server, ada, { scopes: ['ORG_WRITE'] });
    expect(await create({ name: 'By token' }, token)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('sees with a token the organization of the token alone', async () => {
    const person = await aPerson(server);
    await create({ name: 'Beside' }, person.token);
    const token = await aToken(server, person, { scopes: ['ORG_READ'] });
    const { data } = await ask(server, '{ viewer { organizations { nodes { id } } } }', {}, { token });
    expect(data.viewer.organizations.nodes).toEqual([{ id: person.organizationId }]);
  });
});

describe('an organization', () => {
  test('gets another name and slug, and says so in its version and the audit log', async () => {
    const person = await aPerson(server);
    const changed = await update({ name: 'Renamed', slug: 'renamed', expectedVersion: 1 }, person);
    expect(changed).toMatchObject({ organization: { name: 'Renamed', slug: 'renamed', version: 2 }, replayed: false });
    const where = { organizationId: uuid(person.organizationId), action: 'organizationUpdate' };
    const { changes } = await server.db.auditEvent.findFirstOrThrow({ where });
    expect(changes).toMatchObject({ before: { name: 'Ada', version: 1 }, after: { slug: 'renamed', version: 2 } });
  });

  test('is not changed by those who have seen an older version, or for a slug of another', async () => {
    await create({ name: 'Holder', slug: 'held' });
    const person = await aPerson(server);
    await update({ name: 'Second' }, person);
    expect(await update({ name: 'Third', expectedVersion: 1 }, person)).toMatchObject({
      code: 'CONFLICT',
      currentVersion: 2,
    });
    expect(await update({ slug: 'held' }, person)).toMatchObject({ code: 'CONFLICT', currentVersion: null });
    expect(await update({}, person)).toMatchObject({ code: 'VALIDATION', issues: [{ rule: 'REQUIRED' }] });
  });

  test('is handed over to a member, once for each key', async () => {
    const owner = await aPerson(server);
    const heir = await aMember(server, owner, 'DEVELOPER');
    const key = { idempotencyKey: 'hand-over-1' };
    expect(await transfer(owner, heir.userId, key)).toMatchObject({ organization: { viewerRole: 'ADMIN' } });
    expect(await transfer(owner, heir.userId, key)).toMatchObject({ replayed: true });
    expect(await transfer(owner, heir.userId)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await transfer(heir, owner.userId)).toMatchObject({ organization: { viewerRole: 'ADMIN' } });
  });

  test('is handed over to nobody else', async () => {
    const owner = await aPerson(server);
    const stranger = await aPerson(server);
    expect(await transfer(owner, stranger.userId)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await transfer(owner, owner.userId)).toMatchObject({ code: 'VALIDATION', issues: [{ rule: 'SELF' }] });
    const token = await aToken(server, owner, { scopes: ['ORG_WRITE'] });
    expect(await transfer({ ...owner, token }, stranger.userId)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is left by a member, who may be told so again and sees it no more', async () => {
    const owner = await aPerson(server);
    const guest = await aMember(server, owner, 'VIEWER');
    const key = { idempotencyKey: 'leaving-1' };
    expect(await leave(guest, key)).toMatchObject({ organizationId: owner.organizationId, replayed: false });
    expect(await leave(guest, key)).toMatchObject({ organizationId: owner.organizationId, replayed: true });
    expect(await leave(guest)).toMatchObject({ code: 'NOT_FOUND' });
    const document = `{ organization(by: { id: "${owner.organizationId}" }) { id } }`;
    expect((await ask(server, document, {}, { token: guest.token })).data.organization).toBeNull();
  });

  test('is not left by its last owner', async () => {
    const owner = await aPerson(server);
    await aMember(server, owner, 'ADMIN');
    expect(await leave(owner)).toMatchObject({ code: 'INVALID_STATE', currentState: 'LAST_OWNER' });
    expect(await ownersOf(owner)).toBe(1);
  });

  test('keeps an owner when the last two leave at the same moment', async () => {
    const first = await aPerson(server);
    const second = await aMember(server, first, 'OWNER');
    const results = await atTheSameMoment(server, organizationOf(first), [() => leave(first), () => leave(second)]);
    expect(results.map(({ __typename }) => __typename).sort()).toEqual([
      'InvalidStateError',
      'OrganizationLeavePayload',
    ]);
    expect(await ownersOf(first)).toBe(1);
  });

  test('keeps an owner when one leaves while being handed the organization by the other', async () => {
    const first = await aPerson(server);
    const second = await aMember(server, first, 'OWNER');
    await atTheSameMoment(server, organizationOf(first), [() => transfer(first, second.userId), () => leave(second)]);
    expect(await ownersOf(first)).toBe(1);
  });
});
