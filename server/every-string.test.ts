import { getNullableType, isInputObjectType, isListType, isScalarType, type GraphQLInputType } from 'graphql';
import { canary } from '@apployd/core/testing/canary';
import { hostileTexts } from '@apployd/core/testing/hostile-texts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { schema } from './schema.js';
import { acts, type Act } from './testing/acts.js';
import { ask, post, type Data } from './testing/client.js';
import type { Person } from './testing/make.js';
import { manyAttempts, testServer, type TestServer } from './testing/test-server.js';
import { aWorld, restoreRoles, type World } from './testing/world.js';

/** A place in an input: the names of fields, and 0 for the one item of a list. */
type Place = readonly (string | 0)[];
type Target = { readonly place: Place; readonly texts: readonly string[] };

const all = hostileTexts(canary('every-string'));
/** What comes as a text: all of them for one that is free, some for one of a certain form. */
const textual = new Map<string, readonly string[]>([
  ['String', all],
  ...['ID', 'IdempotencyKey', 'StreamCursor', 'DateTime', 'SafeInt'].map((name) => [name, all.slice(-5)] as const),
]);

/** A result, a refusal, or what says that the request itself is wrong. */
const isInWords = /^([A-Z][A-Za-z]+(Payload|Error)|BAD_REQUEST|FORBIDDEN)$/;

let server: TestServer;
let world: World;
beforeAll(async () => {
  // Codes are asked for often here, and guessing them is another matter.
  const { password: many } = manyAttempts;
  const attemptLimits = { ...manyAttempts, signIn: many, signInToAccount: many };
  server = await testServer({ attemptLimits });
  world = await aWorld(server);
});
beforeEach(() => restoreRoles(world));
afterAll(() => server.close());

describe('a hostile text, wherever a mutation takes one, is refused in words or kept as it is, and is no fault:', () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  test.each(fields.map((field) => [field.name, field.args[0]?.type as GraphQLInputType] as const))(
    '%s',
    async (name, type) => {
      const act = acts[name] as Act;
      const by = act.asks === 'operator' ? world.operator : world.people.OWNER;
      for (const { place, texts } of targetsIn(type)) {
        const base = await act.input(world, by);
        const outcomes = await Promise.all(texts.map((text) => outcome(name, type, by, withText(base, place, text))));
        const faults = outcomes.flatMap((one, index) =>
          isInWords.test(one) ? [] : [`${place.join('.')} = ${JSON.stringify(texts[index]?.slice(0, 40))}: ${one}`],
        );
        expect(faults).toEqual([]);
      }
    },
  );
});

describe('a hostile text that was not refused is read as it was written:', () => {
  type Input = Readonly<Record<string, unknown>>;
  const places: readonly [string, string, (text: string, world: World) => Input, (project: Data) => unknown][] = [
    [
      'the name of a project',
      'projectUpdate',
      (name, { project }) => ({ projectId: project.id, name }),
      ({ name }) => name,
    ],
    [
      'the path of a health check',
      'projectUpdate',
      (text, { project }) => ({ projectId: project.id, settings: { healthCheckPath: text.replace(/^\/?/, '/') } }),
      ({ settings }) => settings.healthCheckPath.slice(1),
    ],
    [
      'the value of a variable',
      'variablesSet',
      (value, { project }) => ({
        environmentId: project.environmentId,
        variables: [{ key: 'HOSTILE', value, isSecret: false }],
      }),
      ({ productionEnvironment }) =>
        productionEnvironment.variables.find(({ key }: { key: string }) => key === 'HOSTILE').value,
    ],
  ];
  const asked = 'name settings { healthCheckPath } productionEnvironment { variables { key value } }';

  test.each(places)('%s', async (_, mutation, inputOf, read) => {
    const { project, people } = world;
    const type = schema.getMutationType()?.getFields()[mutation]?.args[0]?.type as GraphQLInputType;
    const kept: string[] = [];
    for (const text of all) {
      const came = await outcome(mutation, type, people.OWNER, inputOf(text, world));
      if (!came.endsWith('Payload')) continue;
      kept.push(text);
      const query = `query ($id: ID!) { node(id: $id) { ... on Project { ${asked} } } }`;
      const { data } = await ask(server, query, { id: project.id }, { token: people.OWNER.token });
      expect(read(data.node)).toBe(text);
    }
    expect(kept).toContain('../../etc/passwd');
  });
});

test('a hostile text finds nothing where a query takes one, or is refused in words, and is no fault', async () => {
  const faults: string[] = [];
  for (const { name, args } of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const named = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
    const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
    for (const { place, texts } of args.flatMap((arg) => targetsIn(arg.type, [arg.name]))) {
      for (const text of texts) {
        const query = `query (${named}) { result: ${name}(${given}) { __typename } }`;
        const variables = withText({}, place, text);
        const { errors } = await post(
          server,
          { query, variables },
          { authorization: `Bearer ${world.operator.token}` },
        );
        const code = errors[0]?.extensions.code ?? 'BAD_REQUEST';
        if (code !== 'BAD_REQUEST') faults.push(`${name} ${place.join('.')} ${JSON.stringify(text)}: ${String(code)}`);
      }
    }
  }
  expect(faults).toEqual([]);
});

/** Every place of a text in what a mutation takes. */
function targetsIn(given: GraphQLInputType, place: Place = []): readonly Target[] {
  const type = getNullableType(given);
  if (isListType(type)) return targetsIn(type.ofType as GraphQLInputType, [...place, 0]);
  if (isScalarType(type)) return [{ place, texts: textual.get(type.name) ?? [] }];
  if (!isInputObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => targetsIn(field.type, [...place, field.name]));
}

/** The input with one text replaced; what leads there is made where the input has nothing. */
function withText(value: unknown, [step, ...rest]: Place, text: string): unknown {
  if (step === undefined) return text;
  if (step === 0) return [withText(Array.isArray(value) ? value[0] : undefined, rest, text)];
  const object = typeof value === 'object' && value !== null ? value : {};
  return { ...object, [step]: withText((object as Record<string, unknown>)[step], rest, text) };
}

/** How it ended: the code of the request's error, or the type of the result. */
async function outcome(name: string, type: GraphQLInputType, { token }: Person, input: unknown): Promise<string> {
  const query = `mutation ($input: ${String(type)}) { result: ${name}(input: $input) { __typename } }`;
  const { errors, data } = await post(server, { query, variables: { input } }, { authorization: `Bearer ${token}` });
  return String(errors[0]?.extensions.code ?? data?.result?.__typename);
}
