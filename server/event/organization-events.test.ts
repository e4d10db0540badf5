import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { publicId } from '@apployd/core/id';
import { ask, mutate, type Data } from '../testing/client.js';
import { firstEvent } from '../testing/first-event.js';
import { aMember, aPerson, aProject, aToken, onPlan, uuid, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { tellOrganization } from '../organization/tell.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ settings: { accessCheckMs: 20, lookAgainMs: 500 } });
  // Who signs up first is the operator.
  await aPerson(server, 'Operator');
});
afterAll(() => server.close());

const tell = ({ organizationId }: Person, type: string, actorId: string | null = null) =>
  transactAndTell(server, (tx) =>
    tellOrganization(tx, uuid(organizationId), { type, subjectId: uuid(organizationId), actorId }),
  );
const cursorOf = (sequence: number) => Buffer.from(`1:${sequence}`).toString('base64url');

const selection = `nodes { id type data actor { __typename ... on User { name } ... on ApiToken { name } }
  subject { __typename ... on Node { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
async function page({ organizationId }: Person, args: string, token: string) {
  const query = `query ($id: ID!) { organization(by: { id: $id }) { events${args && `(${args})`} { ${selection} } } }`;
  const { data, errors } = await ask(server, query, { id: organizationId }, { token });
  return errors[0]?.extensions.code ?? data.organization?.events;
}
const typesOf = ({ nodes }: Data): string[] => nodes.map(({ type }: Data) => type);

const follow = `subscription ($id: ID!, $after: StreamCursor, $types: [String!]) {
  organizationEvents(organizationId: $id, after: $after, types: $types) { __typename
    ... on OrganizationEvent { cursor type } ... on StreamGap { lost cursor } ... on StreamEnd { endReason cursor } } }`;

/** What is said until it is as it should be. */
async function follows(
  { organizationId, token }: Person,
  args: { readonly after?: string; readonly types?: readonly string[] },
  isDone: (messages: readonly Data[]) => boolean,
): Promise<Data[]> {
  const wire = socketClient(server, token);
  const said: Data[] = [];
  await collect(wire.client, { query: follow, variables: { id: organizationId, ...args } }, (data) => {
    said.push(data.organizationEvents);
    return !isDone(said);
  });
  await wire.close();
  return said;
}

describe('Organization.events', () => {
  test('says what happened to the organization as a whole, who did it and what it is about, from either end', async () => {
    const person = await aPerson(server);
    await onPlan(server, person, 'BUSINESS');
    const member = await aMember(server, person, 'VIEWER');
    const { organizationId, token } = person;
    await mutate(server, token, 'memberRoleSet', { organizationId, userId: member.userId, role: 'DEVELOPER' }, '');
    await mutate(server, token, 'organizationTransfer', { organizationId, userId: member.userId }, '');
    // What happens in a project is the project's alone.
    await aProject(server, person);
    await tell(person, 'billing.payment_due');
    const all = await page(
      person,
      'types: ["organization.*", "member.role_set", "billing.*", "project.*"]',
      member.token,
    );
    const subject = { __typename: 'Organization', id: organizationId };
    expect(all.nodes).toMatchObject([
      { type: 'organization.created', actor: { name: 'Ada' }, subject },
      {
        type: 'member.role_set',
        subject: { __typename: 'User', id: member.userId },
        data: { role: 'DEVELOPER' },
      },
      { type: 'organization.transferred', actor: { name: 'Ada' }, subject, data: { to: member.userId } },
      { type: 'billing.payment_due', actor: { __typename: 'SystemActor' }, subject },
    ]);
    const tail = await page(person, 'last: 1', member.token);
    expect([typesOf(tail), tail.pageInfo.hasPreviousPage]).toEqual([['billing.payment_due'], true]);
    const before = await page(person, `last: 1, before: "${tail.pageInfo.startCursor}"`, member.token);
    expect(typesOf(before)).toEqual(['organization.transferred']);
    const rest = await page(person, `after: "${before.pageInfo.endCursor}"`, member.token);
    expect([typesOf(rest), rest.pageInfo.hasNextPage]).toEqual([['billing.payment_due'], false]);
    const { data } = await ask(
      server,
      `{ node(id: "${all.nodes[3].id}") { ... on OrganizationEvent { type } } }`,
      {},
      { token: member.token },
    );
    expect(data.node).toEqual({ type: 'billing.payment_due' });
  });

  test('is for those who see the bill, and for no token that reaches less than the organization', async () => {
    const person = await aPerson(server);
    await onPlan(server, person, 'BUSINESS');
    const billing = await aMember(server, person, 'BILLING');
    for (const { token } of [person, billing])
      expect(typesOf(await page(person, '', token))).toContain('organization.created');
    for (const role of ['ADMIN', 'DEVELOPER', 'VIEWER'] as const) {
      expect(await page(person, '', (await aMember(server, person, role)).token)).toBeNull();
    }
    const narrow = { scopes: ['ORG_READ'], projectId: uuid((await aProject(server, person)).id) } as const;
    expect(await page(person, '', await aToken(server, person, narrow))).toBeNull();
    expect(typesOf(await page(person, 'last: 1', await aToken(server, person, { scopes: ['ORG_READ'] })))).toHaveLength(
      1,
    );
    const { id } = await server.db.event.findFirstOrThrow({ where: { streamId: uuid(person.organizationId) } });
    // Of the other kind it is none.
    const asOther = `{ node(id: "${publicId('ProjectEvent', id)}") { id } }`;
    expect((await ask(server, asOther, {}, { token: person.token })).data.node).toBeNull();
  });
});

describe('organizationEvents', () => {
  test('gives what was behind a cursor, then what comes, each once and in order, over cut wires', async () => {
    const person = await aPerson(server);
    const before = await server.db.event.count({ where: { streamId: uuid(person.organizationId) } });
    const total = before + 20;
    const seen: string[] = [];
    let after: string | undefined;
    const wire = socketClient(server, person.token);
    const payload = {
      query: follow,
      // Read again on every connect, so that it resumes behind what was seen.
      get variables() {
        return { id: person.organizationId, after };
      },
    };
    const writing = (async () => {
      for (let told = 1; told < 20; told += 1) await tell(person, 'billing.changed');
    })();
    await collect(wire.client, payload, ({ organizationEvents }) => {
      after = organizationEvents.cursor;
      seen.push(organizationEvents.cursor);
      if (seen.length % 7 === 0) wire.cut();
      // The last comes while somebody waits for it.
      if (seen.length === total - 1) void tell(person, 'billing.over_limit');
      return seen.length < total;
    });
    await writing;
    await wire.close();
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => cursorOf(i + 1)));
  });

  test('gives only the types that are wanted, admits what was too old, and ends once the role may no longer look', async () => {
    const person = await aPerson(server);
    const billing = await aMember(server, person, 'BILLING');
    await tell(person, 'billing.changed');
    const streamId = uuid(person.organizationId);
    const { sequence } = await server.db.event.findFirstOrThrow({ where: { streamId, type: 'billing.changed' } });
    await server.db.event.deleteMany({ where: { streamId, sequence: { lt: sequence } } });
    const last = Number(sequence);
    const said = await follows(billing, {}, (messages) => {
      if (messages.length === 2) {
        const where = { organizationId_userId: { organizationId: streamId, userId: uuid(billing.userId) } };
        void server.db.membership.update({ where, data: { role: 'ADMIN' } }).then();
      }
      return false;
    });
    expect(said).toMatchObject([
      { __typename: 'StreamGap', lost: last - 1, cursor: cursorOf(last - 1) },
      { type: 'billing.changed', cursor: cursorOf(last) },
      { __typename: 'StreamEnd', endReason: 'ACCESS_REVOKED', cursor: cursorOf(last) },
    ]);
    await tell(person, 'organization.suspended');
    await tell(person, 'billing.over_limit');
    const wanted = await follows(person, { after: cursorOf(last), types: ['billing.*'] }, ({ length }) => length === 1);
    expect(wanted).toMatchObject([{ type: 'billing.over_limit', cursor: cursorOf(last + 2) }]);
  });

  test('refuses to wait behind what has not happened', async () => {
    const { organizationId, token } = await aPerson(server);
    const document = `subscription { organizationEvents(organizationId: "${organizationId}", after: "${cursorOf(99)}") { __typename } }`;
    const { errors } = await firstEvent(server, document, token);
    expect(errors?.[0]).toMatchObject({ message: /events of this organization/, extensions: { code: 'BAD_REQUEST' } });
  });
});
