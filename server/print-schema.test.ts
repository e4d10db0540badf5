import { readFileSync } from 'node:fs';
import { isUnionType } from 'graphql';
import { expect, test } from 'vitest';
import { printedSchema } from './print-schema.js';
import { schema } from './schema.js';

const ours = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

test('schema.graphql is what the server says', () => {
  const committed = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  expect(committed).toBe(printedSchema);
});

test('every type and every root field is described', () => {
  const builtIn = ['String', 'Int', 'Boolean', 'ID', 'Float'];
  const silent = ours
    .filter(({ name, description }) => !description && !builtIn.includes(name))
    .map(({ name }) => name);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
  expect([...silent, ...fields.filter(({ description }) => !description).map(({ name }) => name)]).toEqual([]);
});

test('root fields are nullable, so that the crash of one does not take the others with it', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
  expect(fields.filter(({ type }) => String(type).endsWith('!')).map(({ name }) => name)).toEqual([]);
});

test('every mutation takes one input and answers with a union of its payload and of errors', () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    expect(args.map((arg) => `${arg.name}: ${String(arg.type)}`)).toEqual(
      name === 'accountSignOut' ? [] : [`input: ${capital}Input!`],
    );
    expect(String(type)).toBe(`${capital}Result`);
    const members = isUnionType(type) ? type.getTypes() : [];
    const failures = members.filter((member) => member.getInterfaces().some((one) => one.name === 'Error'));
    // Signing in succeeds, or asks for a code of the second factor.
    expect(members.length - failures.length).toBe(name === 'accountSignIn' ? 2 : 1);
  }
});

test('members of a union give a field that they share one type', () => {
  for (const union of ours.filter(isUnionType)) {
    const seen = new Map<string, string>();
    for (const member of union.getTypes()) {
      for (const { name, type } of Object.values(member.getFields())) {
        expect(`${union.name}.${name}: ${seen.get(name) ?? String(type)}`).toBe(
          `${union.name}.${name}: ${String(type)}`,
        );
        seen.set(name, String(type));
      }
    }
  }
});
