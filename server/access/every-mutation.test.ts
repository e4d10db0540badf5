import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { organizationRoles, roleMay, tokenScopes, type TokenScope } from '@apployd/core/access';
import { publicId } from '@apployd/core/id';
import { schema } from '../schema.js';
import { acts, type Act } from '../testing/acts.js';
import { mutate, post, type Data } from '../testing/client.js';
import { ofMissing, withoutIds } from '../testing/foreign.js';
import { aDeployment, aProject, aToken, uuid, type Person } from '../testing/make.js';
import { lackedRole, scopesFor, scopesWithout } from '../testing/rights.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { aWorld, restoreRoles, type World } from '../testing/world.js';

let server: TestServer;
let world: World;
beforeAll(async () => {
  server = await testServer();
  world = await aWorld(server);
});
beforeEach(() => restoreRoles(world));
afterAll(() => server.close());

const every = Object.entries(acts);
/** On something of an organization. */
const ofTenants = every.filter(([, { asks }]) => Array.isArray(asks));
const having = (kind: Act['asks']) => every.filter(([, { asks }]) => asks === kind);
const asksOf = ({ asks }: Act) => (Array.isArray(asks) ? asks : []);

test('every mutation of the schema has its rule here', () => {
  const fields = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect([...new Set(every.map(([, { mutation }]) => mutation))].sort()).toEqual(fields.sort());
});

const details = '... on ForbiddenError { requiredRole missingScope } ... on NotFoundError { targetId }';
const call = (act: Act, token: string | undefined, input: object): Promise<Data> =>
  mutate(server, token, act.mutation, input, act.mutation.startsWith('account') ? '' : detailsOf(act));
const typename = async (...sent: Parameters<typeof call>) => (await call(...sent)).__typename;

/** Failures that this mutation does not have cannot be asked for. */
function detailsOf({ mutation }: Act): string {
  const result = String(schema.getMutationType()?.getFields()[mutation]?.type);
  const union = schema.getType(result);
  const names = union && 'getTypes' in union ? union.getTypes().map(({ name }) => name) : [];
  return details
    .split(/(?=\.\.\. on )/)
    .filter((part) => names.some((name) => part.startsWith(`... on ${name} `)))
    .join(' ');
}

const success = ({ mutation, payload }: Act) =>
  payload ?? `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`;

/** What leaves no entry of something done in the audit log has had no effect: audit/every-mutation.test.ts sees to that. */
let entries: number;
const done = () => server.db.auditEvent.count({ where: { refusal: null } });
const expectNoEffect = async () => expect(await done()).toBe(entries);
const countEntries = async () => (entries = await done());

describe('by role', () => {
  const pairs = ofTenants.flatMap(([name, act]) => organizationRoles.map((role) => [name, role, act] as const));

  test.each(pairs)('%s as %s', async (_, role, act) => {
    const person = world.people[role];
    const input = await act.input(world, person);
    await countEntries();
    const answer = await call(act, person.token, input);
    const lacked = lackedRole(role, asksOf(act));
    if (lacked === null) return expect(answer.__typename).toBe(success(act));
    await expectNoEffect();
    if (act.sees && !roleMay(role, act.sees)) return expect(answer.__typename).toBe('NotFoundError');
    expect(answer).toMatchObject({ __typename: 'ForbiddenError', requiredRole: lacked, missingScope: null });
  });
});

// An organization has so many live tokens at most.
afterEach(() => server.db.apiToken.updateMany({ where: { revokedAt: null }, data: { revokedAt: new Date() } }));

describe('by scope, as a token of the owner', () => {
  const owner = () => world.people.OWNER;
  const token = (scopes: readonly TokenScope[], more: object = {}) => aToken(server, owner(), { scopes, ...more });

  test.each(ofTenants)('%s', async (_, act) => {
    const input = await act.input(world, owner());
    const scopes = scopesFor(asksOf(act));
    await countEntries();
    if (scopes === null) {
      const refused = await call(act, await token(tokenScopes), input);
      expect(refused).toMatchObject({ __typename: 'ForbiddenError', missingScope: null, requiredRole: null });
      return expectNoEffect();
    }
    for (const scope of scopes) {
      const refused = await call(act, await token(scopesWithout(scope)), input);
      expect(refused).toMatchObject({ __typename: 'ForbiddenError', missingScope: scope });
    }
    await expectNoEffect();
    expect(await typename(act, await token(scopes), input)).toBe(success(act));
  });

  test.each(ofTenants.filter(([, act]) => scopesFor(asksOf(act))))(
    '%s is out of the reach of one for another project',
    async (_, act) => {
      const elsewhere = await aProjectOf(owner());
      const input = await act.input(world, owner());
      await countEntries();
      const narrow = await token(tokenScopes, { projectId: uuid(elsewhere) });
      expect(await typename(act, narrow, input)).toBe('NotFoundError');
      await expectNoEffect();
    },
  );

  test.each([...having('session'), ...having('operator')])('%s is for nobody’s token', async (_, act) => {
    const person = act.asks === 'operator' ? world.operator : owner();
    const input = await act.input(world, person);
    await countEntries();
    const sent = await aToken(server, person, { scopes: tokenScopes });
    expect(await typename(act, sent, input)).toBe('ForbiddenError');
    await expectNoEffect();
  });
});

describe('a token of a role', () => {
  afterEach(() => restoreRoles(world));

  test.each(ofTenants.filter(([, act]) => scopesFor(asksOf(act))))('with every scope: %s', async (_, act) => {
    for (const role of ['DEVELOPER', 'VIEWER'] as const) {
      await restoreRoles(world);
      const person = world.people[role];
      const input = await act.input(world, person);
      const sent = await aToken(server, person, { scopes: tokenScopes });
      const answer = await call(act, sent, input);
      const lacked = lackedRole(role, asksOf(act));
      if (lacked === null) expect(answer.__typename).toBe(success(act));
      else if (act.sees && !roleMay(role, act.sees)) expect(answer.__typename).toBe('NotFoundError');
      else expect(answer).toMatchObject({ __typename: 'ForbiddenError', requiredRole: lacked });
    }
  });
});

describe('of another organization', () => {
  const outsiders = ['stranger', 'operator'] as const;

  test.each(ofTenants)('%s: what is foreign is as good as missing', async (_, act) => {
    const input = await act.input(world, world.people.OWNER);
    await countEntries();
    for (const who of outsiders) {
      const { token } = world[who];
      const [foreign, missing] = [await raw(act, token, input), await raw(act, token, ofMissing(input))];
      expect(foreign).toBe(missing);
      expect(foreign).toContain('"NotFoundError"');
    }
    await expectNoEffect();
  });

  test('cannot be deployed or rolled back to through one’s own', async () => {
    const { stranger, project, people } = world;
    const environmentId = (await aProject(server, stranger)).environmentId;
    const upload = await mutate(
      server,
      people.OWNER.token,
      'sourceUploadCreate',
      { projectId: project.id, sha256: 'a'.repeat(64), sizeBytes: 1 },
      '... on SourceUploadCreatePayload { uploadId }',
    );
    const source = { uploadId: upload.uploadId };
    const deployed = await mutate(server, stranger.token, 'deploymentCreate', { environmentId, source }, '');
    expect(deployed).toMatchObject({ code: 'VALIDATION' });
    const standby = await aDeployment(server, project, { status: 'READY', serving: 'STANDBY' });
    const toDeploymentId = publicId('Deployment', standby);
    const back = await mutate(server, stranger.token, 'deploymentRollback', { environmentId, toDeploymentId }, '');
    expect(back).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('allocationsSet does not divide one’s own pool over somebody else’s project', async () => {
    const { stranger, otherProject } = world;
    const input = { organizationId: stranger.organizationId, changes: [{ projectId: otherProject.id, limits: null }] };
    const answer = await mutate(server, stranger.token, 'allocationsSet', input, '');
    expect(answer.__typename).toBe('NotFoundError');
  });
});

describe('whoever has signed in', () => {
  const people = (): Readonly<Record<string, Person>> => ({
    ...world.people,
    stranger: world.stranger,
    operator: world.operator,
  });

  test.each(having('session'))('%s is for everybody', async (_, act) => {
    for (const person of Object.values(people())) {
      expect(await typename(act, person.token, await act.input(world, person))).toBe(success(act));
    }
  });

  test.each(having('operator'))('%s is for the operator alone', async (_, act) => {
    const input = await act.input(world, world.operator);
    await countEntries();
    for (const [name, { token }] of Object.entries(people())) {
      if (name !== 'operator') expect([name, await typename(act, token, input)]).toEqual([name, 'ForbiddenError']);
    }
    await expectNoEffect();
    expect(await typename(act, world.operator.token, input)).toBe(success(act));
  });

  test.each(having('operator'))('%s does not tell others whether its object is there', async (_, act) => {
    const { stranger } = world;
    const input = await act.input(world, world.operator);
    expect(await raw(act, stranger.token, input)).toBe(await raw(act, stranger.token, ofMissing(input)));
  });

  test('an invitation is for the person to whom it was sent, whoever else may hold its secret', async () => {
    const act = acts.invitationAccept as Act;
    const input = await act.input(world, world.people.VIEWER);
    await countEntries();
    expect(await typename(act, world.operator.token, input)).toBe('ForbiddenError');
    await expectNoEffect();
  });
});

describe('whoever has not signed in', () => {
  test.each(every.filter(([, { asks }]) => asks !== 'anybody'))('is refused %s', async (_, act) => {
    const input = await act.input(world, world.people.OWNER);
    const { status, errors } = await send(act, undefined, input);
    expect([status, errors[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED', reason: 'MISSING' }]);
  });

  test.each(having('anybody'))('may %s', async (_, act) => {
    const input = await act.input(world, world.people.OWNER);
    const { status, data } = await send(act, undefined, input);
    expect([status, data.result.__typename]).toEqual([200, success(act)]);
  });
});

function send({ mutation }: Act, token: string | undefined, input: object) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const field = schema.getMutationType()?.getFields()[mutation];
  const query = field?.args.length
    ? `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on Error { code message } } }`
    : `mutation { result: ${mutation} { __typename ... on Error { code message } } }`;
  return post(server, { query, variables: { input } }, token ? { authorization: `Bearer ${token}` } : {});
}

/** The answer letter for letter, but for the ids that were asked about and what is left of the points. */
async function raw(act: Act, token: string, input: object): Promise<string> {
  const { status, data, errors } = await send(act, token, input);
  return withoutIds(JSON.stringify({ status, data, errors }));
}

async function aProjectOf(person: Person): Promise<string> {
  elsewhere ??= (await aProject(server, person, { name: 'Elsewhere' })).id;
  return elsewhere;
}

let elsewhere: string | undefined;
