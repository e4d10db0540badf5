import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variableContext } from '@apployd/core/variable';
import { ask, issues, mutate } from '../testing/client.js';
import { aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let project: MadeProject;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
});
afterAll(() => server.close());

const shown = `... on VariablesSetPayload { environment { variablesVersion variables { key value isSecret updatedBy { name } } } }
  ... on ConflictError { currentVersion } ${issues}`;
const set = (variables: object[], more: object = {}) =>
  mutate(server, person.token, 'variablesSet', { environmentId: project.environmentId, variables, ...more }, shown);

describe('variablesSet', () => {
  beforeAll(async () => {
    project = await aProject(server, person);
  });

  test('sets and removes, and never shows a secret again', async () => {
    await set([{ key: 'OLD', value: '1' }]);
    const result = await set([
      { key: 'OLD', value: null },
      { key: 'PLAIN', value: 'shown' },
      { key: 'TOKEN', value: 'hidden-value', isSecret: true },
    ]);
    expect(result.environment).toEqual({
      variablesVersion: 3,
      variables: [
        { key: 'PLAIN', value: 'shown', isSecret: false, updatedBy: { name: 'Ada' } },
        { key: 'TOKEN', value: null, isSecret: true, updatedBy: { name: 'Ada' } },
      ],
    });
    const { data } = await ask(
      server,
      'query ($id: ID!) { environment(id: $id) { variables { value } } }',
      { id: project.environmentId },
      { token: person.token },
    );
    expect(JSON.stringify(data)).not.toContain('hidden-value');
  });

  test('keeps values sealed, bound to their place', async () => {
    const environmentId = uuid(project.environmentId);
    const { sealedValue } = await server.db.variable.findFirstOrThrow({
      where: { environmentId, key: 'TOKEN', untilVersion: null },
    });
    expect(Buffer.from(sealedValue).toString()).not.toContain('hidden-value');
    expect(server.secretBox.open(sealedValue, variableContext(environmentId, 'TOKEN'))).toBe('hidden-value');
    expect(() => server.secretBox.open(sealedValue, variableContext(environmentId, 'PLAIN'))).toThrow();
  });

  test('names every key and value that is wrong, and changes nothing', async () => {
    const refused = await set([
      { key: 'FINE', value: '1' },
      { key: '9LIVES', value: '' },
      { key: 'PORT', value: '80' },
      { key: 'FINE', value: '2' },
      { key: 'HUGE', value: 'x'.repeat(65 * 1024) },
    ]);
    expect(
      refused.issues.map(({ path, rule }: { path: string[]; rule: string }) => `${path.join('.')} ${rule}`),
    ).toEqual([
      'variables.1.key INVALID_FORMAT',
      'variables.2.key INVALID_FORMAT',
      'variables.3.key DUPLICATE',
      'variables.4.value TOO_LONG',
    ]);
    expect(await server.db.variable.count({ where: { key: 'FINE' } })).toBe(0);
  });

  test('refuses when they were changed meanwhile, with their version', async () => {
    const { environment } = await set([{ key: 'A', value: '1' }]);
    const stale = await set([{ key: 'A', value: '2' }], { expectedVersion: environment.variablesVersion - 1 });
    expect(stale).toMatchObject({ __typename: 'ConflictError', currentVersion: environment.variablesVersion });
  });
});
