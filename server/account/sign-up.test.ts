import { afterEach, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { newSecret } from '../secret.js';
import { ask, issues, mutate } from '../testing/client.js';
import { anInvitation, aPerson, password, uuid } from '../testing/make.js';
import { mailsTo } from '../testing/mails.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import type { ServerSettings } from '../config.js';

let server: TestServer;
afterEach(() => server.close());

const open = async (mode: ServerSettings['SERVER_SIGN_UP']) => {
  server = await testServer({ settings: { SERVER_SIGN_UP: mode } });
};
const anEmail = () => `${newId()}@example.com`;
const signUp = (input: object) =>
  mutate(
    server,
    undefined,
    'accountSignUp',
    { name: 'Grace', password, ...input },
    `... on AccountSignUpPayload { token organization { id viewerRole } viewer { user { id } account { isEmailVerified isOperator } } }
     ... on InvalidStateError { currentState } ${issues}`,
  );
const people = () => server.db.user.count();

describe('where sign-up is open', () => {
  test('the first account runs the platform, and no other does', async () => {
    await open('open');
    const results = await Promise.all(Array.from({ length: 4 }, () => signUp({ email: anEmail() })));
    const operators = results.map(({ viewer }) => viewer.account.isOperator);
    expect(operators.filter(Boolean)).toHaveLength(1);
  });

  test('an invitation leads into its organization, with the address verified and no other organization made', async () => {
    await open('open');
    const owner = await aPerson(server);
    const email = anEmail();
    const invitation = await anInvitation(server, owner, { email, role: 'ADMIN' });
    const before = await server.db.organization.count();
    const made = await signUp({ email: ` ${email.toUpperCase()} `, invitation });
    expect(made).toMatchObject({
      organization: { id: owner.organizationId, viewerRole: 'ADMIN' },
      viewer: { account: { isEmailVerified: true, isOperator: false } },
    });
    expect(await server.db.organization.count()).toBe(before);
    expect(await mailsTo(server, email)).toEqual([]);
    const entry = await server.db.auditEvent.findFirstOrThrow({ where: { action: 'invitationAccept' } });
    expect(entry).toMatchObject({
      organizationId: uuid(owner.organizationId),
      userId: uuid(made.viewer.user.id),
      changes: { after: { userId: made.viewer.user.id, role: 'ADMIN' } },
    });
  });

  test('an invitation that is not good is refused, and nothing is made', async () => {
    await open('open');
    const owner = await aPerson(server);
    const email = anEmail();
    const expired = await anInvitation(server, owner, { email, expiresAt: new Date(0) });
    const foreign = await anInvitation(server, owner, { email: anEmail() });
    const good = await anInvitation(server, owner, { email });
    expect(await signUp({ email, invitation: expired })).toMatchObject({ currentState: 'EXPIRED' });
    expect(await signUp({ email, invitation: foreign })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await signUp({ email, invitation: newSecret() })).toMatchObject({ code: 'NOT_FOUND' });
    const both = await signUp({ email, invitation: good, organizationName: 'Mine' });
    expect(both.issues).toMatchObject([{ path: ['organizationName'], rule: 'NOT_WITH_INVITATION' }]);
    expect(await people()).toBe(1);
  });

  test('an invitation that two use at once makes one account', async () => {
    await open('open');
    const owner = await aPerson(server);
    const email = anEmail();
    const invitation = await anInvitation(server, owner, { email });
    const results = await Promise.all(Array.from({ length: 3 }, () => signUp({ email, invitation })));
    expect(results.filter(({ __typename }) => __typename === 'AccountSignUpPayload')).toHaveLength(1);
    expect(await people()).toBe(2);
  });
});

describe('where sign-up is for the invited', () => {
  test('the first account needs no invitation, every other one does', async () => {
    await open('invited');
    const owner = await aPerson(server);
    const email = anEmail();
    expect(await signUp({ email })).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN' });
    expect(await people()).toBe(1);
    const invitation = await anInvitation(server, owner, { email });
    expect((await signUp({ email, invitation })).organization.id).toBe(owner.organizationId);
  });
});

describe('where sign-up is closed', () => {
  test('one account is made, the first, and then none, invited or not', async () => {
    await open('closed');
    const results = await Promise.all(Array.from({ length: 4 }, () => signUp({ email: anEmail() })));
    const kinds = results.map(({ __typename }) => __typename).sort();
    expect(kinds).toEqual(['AccountSignUpPayload', 'ForbiddenError', 'ForbiddenError', 'ForbiddenError']);
    const { organization, viewer } = results.find(({ organization: made }) => made);
    expect(viewer.account.isOperator).toBe(true);
    const email = anEmail();
    const owner = { userId: viewer.user.id, organizationId: organization.id, token: '', email: '' };
    const invitation = await anInvitation(server, owner, { email });
    expect((await signUp({ email, invitation })).code).toBe('FORBIDDEN');
    expect(await people()).toBe(1);
  });
});

test('signing up leaves one mail, asked for behind the commit, and one entry in the account’s history', async () => {
  await open('open');
  const { email, token } = await aPerson(server);
  const [mail] = await mailsTo(server, email);
  expect(mail?.subject).toBe('Verify your e-mail address');
  const rows = await server.db.mail.findMany();
  expect(server.asked).toEqual(rows.map(({ id }) => `mail ${id}`));
  const { data } = await ask(server, '{ viewer { securityEvents(first: 5) { nodes { kind } } } }', {}, { token });
  expect(data.viewer.securityEvents.nodes).toEqual([{ kind: 'SIGNED_UP' }]);
});
