import { newId, publicId } from '@apployd/core/id';
import { isObjectType, type GraphQLResolveInfo } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from './schema.js';
import { ask } from './testing/client.js';
import { aPerson, aProject } from './testing/make.js';
import { testServer } from './testing/test-server.js';

const id = newId();

/** What a field of a Project makes of a row by itself. */
function resolved(field: string, row: object): unknown {
  const type = schema.getType('Project');
  if (!isObjectType(type)) throw new Error('There is no type Project.');
  const path = { prev: undefined, key: field, typename: 'Project' };
  return type.getFields()[field]?.resolve?.(row, {}, {}, { path, parentType: type } as GraphQLResolveInfo);
}

test('columns and ids that a row has are given without a promise', () => {
  const row = { id, slug: 'shop', deletesAt: null };
  expect(resolved('id', row)).toBe(publicId('Project', id));
  expect(resolved('slug', row)).toBe('shop');
  expect(resolved('deletesAt', row)).toBeNull();
});

test('a column that a row has not got is loaded', async () => {
  const server = await testServer();
  try {
    const owner = await aPerson(server);
    await aProject(server, owner);
    // What an alias asks of another page is not what its sibling's rows were read with.
    const document = `{ organization(by: { id: "${owner.organizationId}" }) {
      some: projects(first: 1) { nodes { id } } others: projects(first: 2) { nodes { id slug version } } } }`;
    const { data, errors } = await ask(server, document, {}, { token: owner.token });
    expect(errors).toEqual([]);
    expect(data.organization.others.nodes).toEqual([{ id: expect.any(String), slug: 'shop', version: 1 }]);
    expect(data.organization.some.nodes).toEqual([{ id: data.organization.others.nodes[0].id }]);
  } finally {
    await server.close();
  }
});
