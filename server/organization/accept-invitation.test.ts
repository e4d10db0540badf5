import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { hashSecret, newSecret } from '../secret.js';
import { anInvitation, aPerson, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { acceptInvitation } from './accept-invitation.js';

let server: TestServer;
let owner: Person;
beforeAll(async () => {
  server = await testServer();
  owner = await aPerson(server);
});
afterAll(() => server.close());

const accept = (secret: string, { userId, email }: Person) =>
  server.db.$transaction((tx) => acceptInvitation(tx, secret, { userId: uuid(userId), email }));

const roleOf = async ({ userId }: Person) => {
  const where = { organizationId_userId: { organizationId: uuid(owner.organizationId), userId: uuid(userId) } };
  return (await server.db.membership.findUnique({ where }))?.role;
};

test('an invitation makes the person it was sent to a member, once', async () => {
  const guest = await aPerson(server);
  const secret = await anInvitation(server, owner, { email: guest.email, role: 'DEVELOPER' });
  expect(await accept(secret, guest)).toMatchObject({ organizationId: uuid(owner.organizationId), role: 'DEVELOPER' });
  expect(await roleOf(guest)).toBe('DEVELOPER');
  await expect(accept(secret, guest)).rejects.toMatchObject({ code: 'INVALID_STATE', currentState: 'ACCEPTED' });
  const where = { organizationId: uuid(owner.organizationId), type: 'member.joined', subjectId: uuid(guest.userId) };
  expect(await server.db.event.count({ where })).toBe(1);
});

test('accepted many times at once, it is accepted once', async () => {
  const guest = await aPerson(server);
  const secret = await anInvitation(server, owner, { email: guest.email });
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => accept(secret, guest)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('one that is over, of another address, or made up changes nothing', async () => {
  const guest = await aPerson(server);
  const past = new Date(Date.now() - 1_000);
  const email = guest.email;
  const revoked = await anInvitation(server, owner, { email, revokedAt: past });
  const expired = await anInvitation(server, owner, { email, expiresAt: past });
  const foreign = await anInvitation(server, owner, { email: `${newId()}@example.com` });
  await expect(accept(revoked, guest)).rejects.toMatchObject({ currentState: 'REVOKED' });
  await expect(accept(expired, guest)).rejects.toMatchObject({ currentState: 'EXPIRED' });
  await expect(accept(foreign, guest)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(accept(newSecret(), guest)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await roleOf(guest)).toBeUndefined();
});

test('whoever is a member already keeps the role', async () => {
  const secret = await anInvitation(server, owner, { email: owner.email, role: 'VIEWER' });
  expect(await accept(secret, owner)).toMatchObject({ role: 'OWNER' });
  expect(await roleOf(owner)).toBe('OWNER');
});

test('the secret itself is not kept', async () => {
  const secret = await anInvitation(server, owner, { email: `${newId()}@example.com` });
  const { secretHash } = await server.db.invitation.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
  expect(Buffer.from(secretHash).equals(Buffer.from(hashSecret(secret)))).toBe(true);
  expect(Buffer.from(secretHash).toString()).not.toContain(secret);
});
