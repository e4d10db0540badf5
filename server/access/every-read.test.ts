import {
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  type GraphQLObjectType,
} from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { organizationRoles, roleMay, scopeFor, tokenScopes, type TokenScope } from '@apployd/core/access';
import { buildLogOf, runtimeLogOf } from '@apployd/core/log-line';
import { schema } from '../schema.js';
import { ask, type Data } from '../testing/client.js';
import { firstEvent } from '../testing/first-event.js';
import { ofMissing, withoutIds } from '../testing/foreign.js';
import { anInvitation, aToken, uuid } from '../testing/make.js';
import { fieldsByRole, nodesOf, queriesOf, subscriptionsOf, type Read } from '../testing/reads.js';
import { scopesWithout } from '../testing/rights.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { aWorld, type World } from '../testing/world.js';
import { fieldRule } from './read-rules.js';

type Reached = Read & { readonly name: string; readonly document: string };

let server: TestServer;
let world: World;
let slug: string;
let nodes: Awaited<ReturnType<typeof nodesOf>>;
let reached: readonly Reached[];
beforeAll(async () => {
  server = await testServer();
  world = await aWorld(server);
  nodes = await nodesOf(world);
  ({ slug } = await server.db.organization.findUniqueOrThrow({ where: { id: uuid(world.organizationId) } }));
  reached = [
    ...Object.entries(nodes).map(([name, { id, ...read }]) => ({
      name,
      document: `node(id: "${id}") { id }`,
      ...read,
    })),
    ...Object.entries(queriesOf(world, slug)).flatMap(([name, roots]) =>
      (roots ?? []).map((root) => ({ name, ...root })),
    ),
  ];
  await writeLogs();
});
afterAll(() => server.close());

const read = async (document: string, token?: string) => {
  const { status, data, errors } = await ask(server, `{ found: ${document} }`, {}, { token });
  return { status, found: data?.found as Data, errors };
};
const isShown = ({ found }: { readonly found: Data }) => /_[0-9a-z]{26}/.test(JSON.stringify(found ?? null));
const owners = (scopes: readonly TokenScope[], more: object = {}) =>
  aToken(server, world.people.OWNER, { scopes, ...more });
const scopeOf = ({ asks }: Read) => (asks === 'member' ? null : scopeFor(asks));

test('every query, subscription and type with an id of its own has its rule here', () => {
  const fields = (type: GraphQLObjectType | null | undefined) => Object.keys(type?.getFields() ?? {}).sort();
  expect(Object.keys(queriesOf(world, slug)).sort()).toEqual(fields(schema.getQueryType()));
  expect(Object.keys(subscriptionsOf(world)).sort()).toEqual(fields(schema.getSubscriptionType()));
  expect(Object.keys(nodes).sort()).toEqual(
    nodeTypes()
      .map(({ name }) => name)
      .sort(),
  );
});

describe('a query', () => {
  test.each(organizationRoles)('shows %s what the role may read, and of the rest nothing', async (role) => {
    const { token } = world.people[role];
    for (const { name, document, asks } of reached) {
      const answer = await read(document, token);
      const may = asks === 'member' || roleMay(role, asks);
      expect([name, isShown(answer), answer.errors]).toEqual([name, may, []]);
    }
  });

  test.each(['stranger', 'operator'] as const)(
    'tells %s of what is foreign as little as of what is missing',
    async (who) => {
      const { token } = world[who];
      for (const { document } of reached) {
        const foreign = await read(document, token);
        const missing = await read(withoutSlug(ofMissing(document)), token);
        expect(withoutIds(JSON.stringify(foreign))).toBe(withoutIds(JSON.stringify(missing)));
        expect(isShown(foreign)).toBe(false);
      }
    },
  );

  test('asks those who have not signed in to do so', async () => {
    for (const { document } of reached) {
      const { status, errors } = await read(document);
      expect([status, errors[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED', reason: 'MISSING' }]);
    }
  });

  test('takes the scope of what it reads, and no more, of a token', async () => {
    for (const one of reached) {
      const scope = scopeOf(one);
      expect([one.name, isShown(await read(one.document, await owners(scope ? [scope] : ['LOG_READ'])))]).toEqual([
        one.name,
        true,
      ]);
      if (!scope) continue;
      const { errors } = await read(one.document, await owners(scopesWithout(scope)));
      expect([one.name, errors[0]?.extensions]).toMatchObject([one.name, { code: 'FORBIDDEN', missingScope: scope }]);
    }
  });

  test('shows a token no more than its person may read', async () => {
    const token = await aToken(server, world.people.VIEWER, { scopes: tokenScopes });
    for (const { name, document, asks } of reached) {
      const may = asks === 'member' || roleMay('VIEWER', asks);
      expect([name, isShown(await read(document, token))]).toEqual([name, may]);
    }
  });

  test('shows a token for another project what is the organization’s as a whole, and nothing else', async () => {
    const token = await owners(tokenScopes, { projectId: uuid(world.otherProject.id) });
    for (const { name, document, isWhole = false } of reached) {
      expect([name, isShown(await read(document, token))]).toEqual([name, isWhole]);
    }
  });

  test('of the platform is for the operator, signed in; the rest of them are for everybody', async () => {
    const { operator, people, stranger } = world;
    const document = 'platform { organizations(first: 1) { nodes { organizationId } } }';
    expect(isShown(await read(document, operator.token))).toBe(true);
    const others = [...Object.values(people), stranger].map(({ token }) => token);
    for (const token of [...others, await aToken(server, operator, { scopes: tokenScopes })]) {
      expect((await read(document, token)).found).toBeNull();
    }
    expect((await read(document)).status).toBe(401);
    const secret = await anInvitation(server, people.OWNER, { email: 'anybody@example.com' });
    expect((await read(`invitation(secret: "${secret}") { state }`)).found).toEqual({ state: 'PENDING' });
    expect((await read('plans { code }')).found.length).toBeGreaterThan(2);
    expect(await read('viewer { user { id } }')).toEqual({ status: 200, found: null, errors: [] });
  });
});

describe('a field', () => {
  const fields = nodeTypes().flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const given = getNamedType(field.type);
      const rule = isCompositeType(given) ? fieldRule(type.name, field.name, given.name) : null;
      return rule ? [{ name: `${type.name}.${field.name}`, type: type.name, field, rule }] : [];
    }),
  );
  const of = (type: string, field: string) =>
    `node(id: "${nodes[type]?.id}") { ... on ${type} { ${field}${argumentsOf(type, field)} { __typename } } }`;

  test.each(fields)('$name takes the scope of what it gives', async ({ type, field, rule }) => {
    const scope = scopeFor(rule);
    const { errors } = await read(of(type, field.name), await owners(scopesWithout(scope ?? 'ORG_READ')));
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScope: scope });
  });

  test.each(organizationRoles)('that %s may not see is null', async (role) => {
    for (const [name, action] of Object.entries(fieldsByRole)) {
      const [type = '', field = ''] = name.split('.');
      const { found, errors } = await read(of(type, field), world.people[role].token);
      expect([name, found[field] !== null, errors]).toEqual([name, roleMay(role, action), []]);
    }
  });

  test('that not every role sees is nullable, and has its rule here', () => {
    const restricted = fields.filter(({ rule }) => organizationRoles.some((role) => !roleMay(role, rule)));
    const nullable = restricted.filter(({ field }) => !isNonNullType(field.type)).map(({ name }) => name);
    expect(nullable.sort()).toEqual(Object.keys(fieldsByRole).sort());
    // One's own tokens are everybody's to see.
    expect(restricted.map(({ name }) => name).filter((name) => !nullable.includes(name))).toEqual([
      'Organization.apiTokens',
    ]);
  });
});

describe('a subscription', () => {
  const first = (document: string, token?: string) => firstEvent(server, `subscription { found: ${document} }`, token);
  // Some tell of what happened lately.
  beforeEach(() => server.db.eventStream.updateMany({ data: { changedAt: new Date(Date.now() + 60_000) } }));

  test.each(organizationRoles)('shows %s what the role may read', async (role) => {
    for (const [name, { document, asks }] of Object.entries(subscriptionsOf(world))) {
      const { data } = await first(document, world.people[role].token);
      expect([name, data?.found !== null]).toEqual([name, asks === 'member' || roleMay(role, asks)]);
    }
  });

  test.each(['stranger', 'operator'] as const)(
    'tells %s of what is foreign as little as of what is missing',
    async (who) => {
      for (const { document } of Object.values(subscriptionsOf(world))) {
        const answers = [await first(document, world[who].token), await first(ofMissing(document), world[who].token)];
        expect(answers[0]).toEqual(answers[1]);
        expect(answers[0]?.data).toEqual({ found: null });
      }
    },
  );

  test('takes the scope of what it reads, and reaches as far as its token', async () => {
    for (const one of Object.values(subscriptionsOf(world))) {
      const scope = scopeOf(one) ?? 'ORG_READ';
      expect((await first(one.document, await owners([scope]))).data?.found).not.toBeNull();
      const lacking = await first(one.document, await owners(scopesWithout(scope)));
      expect(lacking.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScope: scope });
      const narrow = await owners(tokenScopes, { projectId: uuid(world.otherProject.id) });
      const found = one.isWhole ? { id: world.otherProject.id } : null;
      expect((await first(one.document, narrow)).data).toEqual({ found });
    }
  });

  test('asks those who have not signed in to do so', async () => {
    for (const { document } of Object.values(subscriptionsOf(world))) {
      const { errors } = await first(document);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    }
  });
});

function nodeTypes(): readonly GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
}

/** Those that have to be given; each is a text. */
function argumentsOf(type: string, field: string): string {
  const { args = [] } = (schema.getType(type) as GraphQLObjectType).getFields()[field] ?? {};
  const given = args.filter(isRequiredArgument).map(({ name }) => `${name}: "x"`);
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

function withoutSlug(document: string): string {
  return document.replace(`"${slug}`, '"nobody').replace('/secret"', '/nothing"');
}

async function writeLogs(): Promise<void> {
  const deploymentId = uuid(world.deploymentId);
  for (const stream of [buildLogOf(deploymentId), runtimeLogOf(uuid(world.project.environmentId))]) {
    const line = { at: new Date(), source: 'BUILD', message: 'A line.', deploymentId } as const;
    await server.logs.append(stream, uuid(world.organizationId), [line]);
  }
}
