import {
  getNamedType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { schema } from './schema.js';
import { acts, type Act } from './testing/acts.js';
import { post, type Data } from './testing/client.js';
import type { Person } from './testing/make.js';
import { testServer, type TestServer } from './testing/test-server.js';
import { aWorld, restoreRoles, type World } from './testing/world.js';

let server: TestServer;
let world: World;
beforeAll(async () => {
  server = await testServer();
  world = await aWorld(server);
});
beforeEach(() => restoreRoles(world));
afterAll(() => server.close());

/** Those that take no key, and why. */
const without: Readonly<Record<string, string>> = {
  accountSignUp: 'nobody has a principal yet; the address is taken the second time',
  accountSignIn: 'each call is a session of its own, and its token is not kept',
  accountSignInVerify: 'the challenge is good for one session',
  accountSignOut: 'what has ended stays ended',
  accountEmailVerify: 'the link works once',
  accountPasswordResetRequest: 'nobody has a principal yet; another mail does no harm',
  accountPasswordReset: 'the link works once',
};
const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
const keyed = fields.filter(({ name }) => !without[name]);

describe('every mutation with an effect', () => {
  test.each(keyed)('$name takes a key, and says whether it was replayed', (field) => {
    const input = inputOf(field);
    expect(isInputObjectType(input) && String(input.getFields().idempotencyKey?.type)).toBe('IdempotencyKey');
    expect(String(payloadOf(field).getFields().replayed?.type)).toBe('Boolean!');
  });

  test('but for those named here, which take none', () => {
    for (const field of fields.filter(({ name }) => without[name])) {
      const input = inputOf(field);
      expect([field.name, isInputObjectType(input) && Boolean(input.getFields().idempotencyKey)]).toEqual([
        field.name,
        false,
      ]);
    }
  });
});

const each = keyed.map((field) => [field.name, acts[field.name] as Act, field] as const);

/** It takes nothing that could be another. */
const withoutAnother = 'accountVerificationSend';

test.each(each)(
  '%s: twenty calls at once with one key, as a field or as a header, have one effect and twenty equal answers',
  async (_, act, field) => {
    const by = whoMay(act);
    const input = await act.input(world, by);
    const key = `once-${act.mutation}`;
    const begun = await entriesOf(act);
    const calls = Array.from({ length: 20 }, (_, index) =>
      untilAnswered(() =>
        index % 2 === 0
          ? send(field, by, { ...input, idempotencyKey: key })
          : send(field, by, input, { 'idempotency-key': key }),
      ),
    );
    const answers = await Promise.all(calls);
    expect(answers[0]?.__typename).toBe(payloadOf(field).name);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map((answer) => JSON.stringify(shared(answer)))).size).toBe(1);
    expect(await entriesOf(act)).toBe(begun + 1);
    if (act.mutation === withoutAnother) return;
    const next = await anotherInput(act, by, input);
    expect(next).not.toEqual(input);
    const answer = await send(field, by, { ...next, idempotencyKey: key });
    expect(answer, 'another input with the same key').toMatchObject({
      __typename: 'IdempotencyError',
      problem: 'KEY_REUSED',
      retryable: false,
    });
    expect(await entriesOf(act)).toBe(begun + 1);
  },
);

function whoMay({ asks }: Act): Person {
  return asks === 'operator' ? world.operator : world.people.OWNER;
}

/** Leaving says nothing but what is left, and some ask for nothing but the password. */
async function anotherInput(act: Act, by: Person, first: object): Promise<object> {
  if (act.mutation === 'organizationLeave') return { ...first, organizationId: world.stranger.organizationId };
  if (act.mutation === 'accountSignOutEverywhere') return { includingThis: true };
  return 'password' in first ? { password: 'another password' } : act.input(world, by);
}

function entriesOf({ mutation }: Act): Promise<number> {
  return server.db.auditEvent.count({ where: { action: mutation, refusal: null } });
}

async function send(
  field: GraphQLField<unknown, unknown>,
  { token }: Person,
  input: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Data> {
  const query = `mutation ($input: ${String(field.args[0]?.type)}) { result: ${field.name}(input: $input) {
    __typename ... on Error { code message retryable } ... on IdempotencyError { problem }
    ... on ${payloadOf(field).name} { ${plainOf(payloadOf(field))} } } }`;
  const answer = await post(server, { query, variables: { input } }, { authorization: `Bearer ${token}`, ...headers });
  expect(answer.errors).toEqual([]);
  return answer.data.result;
}

/** What is plain, and the plain fields of what hangs on it. */
function plainOf(type: GraphQLObjectType, depth = 1): string {
  return Object.values(type.getFields())
    .flatMap(({ name, type: fieldType, args }) => {
      const given = getNamedType(fieldType);
      if (args.length > 0) return [];
      if (isLeafType(given)) return [name];
      return isObjectType(given) && depth > 0 ? [`${name} { __typename ${plainOf(given, depth - 1)} }`] : [];
    })
    .join(' ');
}

/** But for `replayed`, and for secrets, which are told once. */
function shared(answer: Data): Data {
  const once = ['replayed', 'secret', 'otpauthUri', 'recoveryCodes'];
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !once.includes(name)));
}

/** As the SDK does with what says that it may pass. */
async function untilAnswered(call: () => Promise<Data>): Promise<Data> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await call();
    if (answer.problem !== 'IN_PROGRESS' || attempt === 20) return answer;
  }
}

function inputOf({ args }: GraphQLField<unknown, unknown>) {
  return getNamedType(args.find(({ name }) => name === 'input')?.type);
}

function payloadOf({ name, type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  const union = getNamedType(type);
  const payload = isUnionType(union) ? union.getTypes().find((one) => one.name.endsWith('Payload')) : undefined;
  if (!payload) throw new Error(`${name} has no payload.`);
  return payload;
}
