import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variableContext } from '@apployd/core/variable';
import { lockPool } from '../allocation/pool.js';
import { lockOrganization } from '../organization/lock.js';
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
const setFor = (who: Person, { environmentId }: MadeProject, variables: object[], more: object = {}) =>
  mutate(server, who.token, 'variablesSet', { environmentId, variables, ...more }, shown);
const set = (variables: object[], more: object = {}) => setFor(person, project, variables, more);

describe('variablesSet', () => {
  beforeAll(async () => {
    project = await aProject(server, person);
  });

  test('sets and removes, and never shows a secret again', async () => {
    await set([{ key: 'OLD', value: '1' }]);
    const result = await set([
      { key: 'OLD', value: null },
      { key: 'PLAIN', value: 'shown', isSecret: false },
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

  test('what was secret stays it, and what is new is secret, unless somebody says otherwise', async () => {
    const own = await aProject(server, person, { name: 'Unsaid' });
    await setFor(person, own, [
      { key: 'PASSWORD', value: 'value-one', isSecret: true },
      { key: 'PLAIN', value: 'one', isSecret: false },
    ]);
    const unsaid = [
      { key: 'PASSWORD', value: 'value-two' },
      { key: 'PLAIN', value: 'two', isSecret: null },
      { key: 'NEW', value: 'value-new' },
    ];
    const { environment } = await setFor(person, own, unsaid);
    const shownAs = [
      { key: 'NEW', value: null, isSecret: true },
      { key: 'PASSWORD', value: null, isSecret: true },
      { key: 'PLAIN', value: 'two', isSecret: false },
    ];
    expect(environment.variables).toMatchObject(shownAs);
    const replaced = await setFor(person, own, unsaid, { replaceAll: true });
    expect(replaced.environment.variables).toMatchObject(shownAs);
  });

  test('warns of who shows what was secret, and does it', async () => {
    const own = await aProject(server, person, { name: 'Shown' });
    await setFor(person, own, [{ key: 'PASSWORD', value: 'value-one' }]);
    const variables = [{ key: 'PASSWORD', value: 'value-two', isSecret: false }];
    const input = { environmentId: own.environmentId, variables, idempotencyKey: 'shows-it' };
    const selection = `... on VariablesSetPayload { warnings { path rule message } environment { variables { value } } replayed }`;
    for (const replayed of [false, true]) {
      expect(await mutate(server, person.token, 'variablesSet', input, selection)).toMatchObject({
        warnings: [{ path: ['variables', '0', 'isSecret'], rule: 'NO_LONGER_SECRET' }],
        environment: { variables: [{ value: 'value-two' }] },
        replayed,
      });
    }
  });

  // Whoever has the organization waits for the project in the end: the two would wait for one another.
  test.each([
    ['its pool', lockPool],
    ['it', lockOrganization],
  ])('makes the first key of an organization while somebody else has locked %s', async (_, lock) => {
    const other = await aPerson(server);
    const theirs = await aProject(server, other);
    await server.db.$transaction(async (tx) => {
      await lock(tx, uuid(other.organizationId));
      const made = await setFor(other, theirs, [{ key: 'FIRST', value: '1' }]);
      expect(made.environment.variablesVersion).toBe(2);
    });
  });

  test('keeps values sealed, bound to their place', async () => {
    const environmentId = uuid(project.environmentId);
    const { sealedValue, organizationId } = await server.db.variable.findFirstOrThrow({
      where: { environmentId, key: 'TOKEN', untilVersion: null },
    });
    const open = (key: string, ofOrganization = organizationId) =>
      server.keyring.open(ofOrganization, sealedValue, variableContext(environmentId, key));
    expect(Buffer.from(sealedValue).toString()).not.toContain('hidden-value');
    expect(await open('TOKEN')).toBe('hidden-value');
    await expect(open('PLAIN')).rejects.toThrow('moved');
    const stranger = await aPerson(server);
    const theirs = await aProject(server, stranger);
    await setFor(stranger, theirs, [{ key: 'TOKEN', value: 'theirs' }]);
    await expect(open('TOKEN', uuid(stranger.organizationId))).rejects.toThrow('moved');
    expect(() => server.secretBox.open(sealedValue, variableContext(environmentId, 'TOKEN'))).toThrow();
  });

  test('opens what was sealed before organizations had keys', async () => {
    const environmentId = uuid(project.environmentId);
    const sealedValue = server.secretBox.seal('from before', variableContext(environmentId, 'PLAIN'));
    await server.db.variable.updateMany({
      where: { environmentId, key: 'PLAIN', untilVersion: null },
      data: { sealedValue },
    });
    const document = 'query ($id: ID!) { environment(id: $id) { variables { key value } } }';
    const { data } = await ask(server, document, { id: project.environmentId }, { token: person.token });
    expect(data.environment.variables[0]).toEqual({ key: 'PLAIN', value: 'from before' });
  });

  test('looks the keys of all organizations up in one statement', async () => {
    const other = await aProject(server, person, { name: 'Other' });
    await set([{ key: 'PLAIN', value: 'again' }]);
    await setFor(person, other, [
      { key: 'A', value: '1' },
      { key: 'B', value: '2' },
    ]);
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Environment { variables { value } } } }`;
    const counting = async (ids: string[]) => {
      const before = server.statements();
      const { errors } = await ask(server, document, { ids }, { token: person.token });
      expect(errors).toEqual([]);
      return server.statements() - before;
    };
    const one = await counting([project.environmentId]);
    expect(await counting([project.environmentId, other.environmentId])).toBe(one);
  });

  test('replaces all of them when asked to, and takes away what is not named, secrets too', async () => {
    const own = await aProject(server, person, { name: 'Replaced' });
    const secret = { key: 'SECRET', value: 'hidden-value', isSecret: true };
    await setFor(person, own, [{ key: 'KEPT', value: '1', isSecret: false }, { key: 'GONE', value: '2' }, secret]);
    const replaced = await setFor(person, own, [{ key: 'KEPT', value: '3' }], { replaceAll: true });
    expect(replaced.environment).toMatchObject({ variablesVersion: 3, variables: [{ key: 'KEPT', value: '3' }] });
    const emptied = await setFor(person, own, [], { replaceAll: true, expectedVersion: 3 });
    expect(emptied.environment).toEqual({ variablesVersion: 4, variables: [] });
    expect(await setFor(person, own, [])).toMatchObject({ issues: [{ path: ['variables'], rule: 'OUT_OF_RANGE' }] });
  });

  test('keeps who changed which names when, newest first, and no value', async () => {
    const own = await aProject(server, person, { name: 'History' });
    await setFor(person, own, [
      { key: 'A', value: 'value-one' },
      { key: 'B', value: 'value-two', isSecret: true },
    ]);
    await setFor(person, own, [
      { key: 'A', value: 'value-three' },
      { key: 'B', value: null },
      { key: 'NEVER', value: null },
    ]);
    await setFor(person, own, [{ key: 'C', value: 'value-four' }], { replaceAll: true });
    const document = `query ($id: ID!) { environment(id: $id) { variablesHistory(first: 2) {
      nodes { version set removed createdAt createdBy { name } } pageInfo { hasNextPage } } } }`;
    const { data } = await ask(server, document, { id: own.environmentId }, { token: person.token });
    expect(data.environment.variablesHistory).toMatchObject({
      nodes: [
        { version: 4, set: ['C'], removed: ['A'], createdBy: { name: 'Ada' } },
        { version: 3, set: ['A'], removed: ['B'] },
      ],
      pageInfo: { hasNextPage: true },
    });
    const where = { targetId: own.environmentId, action: 'variablesSet' };
    const kept = [
      await server.db.variablesVersion.findMany({ where: { environmentId: uuid(own.environmentId) } }),
      await server.db.event.findMany({ where: { subjectId: uuid(own.environmentId) }, select: { data: true } }),
      await server.db.auditEvent.findMany({ where, select: { changes: true } }),
    ];
    expect(kept.map((rows) => rows.length)).toEqual([3, 3, 3]);
    expect(JSON.stringify(kept)).not.toContain('value-');
  });

  test('warns of secrets that are too short to be masked', async () => {
    const warned = '... on VariablesSetPayload { warnings { path rule message } }';
    const variables = [
      { key: 'A', value: 'abc', isSecret: true },
      { key: 'B', value: 'abcd', isSecret: true },
      { key: 'C', value: 'abc', isSecret: false },
      { key: 'D', value: null, isSecret: true },
    ];
    const input = { environmentId: project.environmentId, variables, idempotencyKey: 'warns-again' };
    for (let i = 0; i < 2; i += 1) {
      const { warnings } = await mutate(server, person.token, 'variablesSet', input, warned);
      expect(warnings).toEqual([
        {
          path: ['variables', '0', 'value'],
          rule: 'TOO_SHORT_TO_MASK',
          message: expect.stringContaining('A has fewer than 4'),
        },
      ]);
    }
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

  test('takes no more than an app could be handed', async () => {
    const other = await aProject(server, person);
    const large = (count: number, from = 0) =>
      Array.from({ length: count }, (_, at) => ({ key: `LARGE_${from + at}`, value: 'x'.repeat(60 * 1024) }));
    expect((await setFor(person, other, large(16))).__typename).toBe('VariablesSetPayload');
    const refused = { code: 'VALIDATION', issues: [{ path: ['variables'], rule: 'TOO_LARGE' }] };
    expect(await setFor(person, other, large(2, 16))).toMatchObject(refused);
    // What they were before does not count.
    expect((await setFor(person, other, large(16))).__typename).toBe('VariablesSetPayload');
  });

  test('reading them costs what they may weigh', async () => {
    const cost = async (first: number) => {
      const document = `query ($id: ID!) { organization(by: { id: $id }) {
        projects(first: ${first}) { nodes { productionEnvironment { variables { key value } } } } } }`;
      const { errors } = await ask(server, document, { id: person.organizationId }, { token: person.token });
      return errors?.[0]?.extensions.code ?? 'OK';
    };
    expect([await cost(20), await cost(40)]).toEqual(['OK', 'QUERY_TOO_COSTLY']);
  });

  test('refuses when they were changed meanwhile, with their version', async () => {
    const { environment } = await set([{ key: 'A', value: '1' }]);
    const stale = await set([{ key: 'A', value: '2' }], { expectedVersion: environment.variablesVersion - 1 });
    expect(stale).toMatchObject({ __typename: 'ConflictError', currentVersion: environment.variablesVersion });
  });
});
