import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrganizationRole } from '@apployd/core/access';
import { newId } from '@apployd/core/id';
import { ask, mutate } from '../testing/client.js';
import { failuresOf } from '../testing/failures.js';
import { mailsTo } from '../testing/mails.js';
import { aMember, anInvitation, aPerson, aToken, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let owner: Person;
let admin: Person;
beforeAll(async () => {
  server = await testServer();
  owner = await aPerson(server, 'Olga');
  admin = await aMember(server, owner, 'ADMIN');
});
afterAll(() => server.close());

const shown = 'invitation { id email role state invitedBy { name } } organization { invitations { email } } replayed';
const call = (field: string, by: Pick<Person, 'token'>, input: object, selection: string) => {
  const payload = `... on ${field.charAt(0).toUpperCase()}${field.slice(1)}Payload { ${selection} }`;
  return mutate(server, by.token, field, input, `${payload} ${failuresOf(field)}`);
};
const invite = (by: Person, email: string, role: OrganizationRole = 'DEVELOPER', more: object = {}) =>
  call('memberInvite', by, { organizationId: by.organizationId, email, role, ...more }, shown);
const revoke = (by: Person, invitationId: string) => call('invitationRevoke', by, { invitationId }, shown);
const accept = (by: Person, secret: string, more: object = {}) =>
  call('invitationAccept', by, { secret, ...more }, 'organization { id viewerRole } replayed');
const someAddress = () => `${newId()}@example.com`;
const secretFor = async (email: string) =>
  /invitations\/(\S+)/.exec((await mailsTo(server, email)).at(-1)?.text ?? '')?.[1] ?? '';
const preview = async (secret: string) => {
  const document = '{ invitation(secret: "$") { organizationName inviterName role emailHint state } }';
  return (await ask(server, document.replace('$', secret))).data.invitation;
};
const pendingFor = async ({ organizationId, token }: Person) => {
  const document = `{ organization(by: { id: "${organizationId}" }) { invitations { email } } }`;
  return (await ask(server, document, {}, { token })).data.organization.invitations;
};

describe('an invitation', () => {
  test('goes out by mail, shows itself to who has the link, and makes a member of who it was sent to', async () => {
    const guest = await aPerson(server, 'Guest');
    const invited = await invite(admin, ` ${guest.email.toUpperCase()} `);
    expect(invited).toMatchObject({
      invitation: { email: guest.email, role: 'DEVELOPER', state: 'PENDING', invitedBy: { name: 'ADMIN' } },
      organization: { invitations: [{ email: guest.email }] },
      replayed: false,
    });
    const mail = (await mailsTo(server, guest.email)).at(-1);
    expect(mail).toMatchObject({ subject: 'ADMIN invites you to "Olga" on Apployd' });
    const secret = await secretFor(guest.email);
    expect(mail?.text).toContain(`http://platform.test:8080/invitations/${secret}\n`);
    const emailHint = `${guest.email.charAt(0)}•••@example.com`;
    expect(await preview(secret)).toEqual({
      organizationName: 'Olga',
      inviterName: 'ADMIN',
      role: 'DEVELOPER',
      emailHint,
      state: 'PENDING',
    });
    const key = { idempotencyKey: 'accepting-1' };
    const organization = { id: owner.organizationId, viewerRole: 'DEVELOPER' };
    expect(await accept(guest, secret, key)).toMatchObject({ organization, replayed: false });
    expect(await accept(guest, secret, key)).toMatchObject({ organization, replayed: true });
    expect(await accept(guest, secret)).toMatchObject({ code: 'INVALID_STATE', currentState: 'ACCEPTED' });
    expect(await preview(secret)).toMatchObject({ state: 'ACCEPTED' });
    expect(await pendingFor(admin)).toEqual([]);
  });

  test('has the engine send its mail as soon as it is kept, and no mail where it is refused', async () => {
    const idsOfMails = async () => (await server.db.mail.findMany({ select: { id: true } })).map(({ id }) => id);
    const before = await idsOfMails();
    await invite(owner, someAddress());
    const [made, ...others] = (await idsOfMails()).filter((id) => !before.includes(id));
    expect(others).toEqual([]);
    expect(server.asked.at(-1)).toBe(`mail ${made}`);
    const asked = server.asked.length;
    expect(await invite(owner, admin.email)).toMatchObject({ code: 'VALIDATION' });
    expect(server.asked).toHaveLength(asked);
  });

  test('is good for a week', async () => {
    const email = someAddress();
    await invite(owner, email);
    const { createdAt, expiresAt } = await server.db.invitation.findFirstOrThrow({ where: { email } });
    expect(Math.round((expiresAt.getTime() - createdAt.getTime()) / 60_000)).toBe(7 * 24 * 60);
  });

  test('is sent once for each key, and a later one to the same address replaces it', async () => {
    const email = someAddress();
    const key = { idempotencyKey: 'inviting-1' };
    const first = await invite(owner, email, 'VIEWER', key);
    expect(await invite(owner, email, 'VIEWER', key)).toMatchObject({ invitation: first.invitation, replayed: true });
    expect(await mailsTo(server, email)).toHaveLength(1);
    const replaced = await secretFor(email);
    await invite(owner, email, 'DEVELOPER');
    expect(await preview(replaced)).toMatchObject({ state: 'REVOKED' });
    expect(await preview(await secretFor(email))).toMatchObject({ state: 'PENDING', role: 'DEVELOPER' });
  });

  test('is of no use to anybody but the person whose address it went to, nor to a token', async () => {
    const guest = await aPerson(server);
    await invite(owner, guest.email);
    const secret = await secretFor(guest.email);
    const stranger = await aPerson(server);
    expect(await accept(stranger, secret)).toMatchObject({ code: 'FORBIDDEN' });
    const token = await aToken(server, guest, { scopes: ['ORG_WRITE'] });
    expect(await accept({ ...guest, token }, secret)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await accept(guest, 'made-up')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await preview('made-up')).toBeNull();
  });

  test('can be taken back, again and again, until it was accepted', async () => {
    const guest = await aPerson(server);
    const { invitation } = await invite(owner, guest.email);
    const secret = await secretFor(guest.email);
    for (let i = 0; i < 2; i += 1) {
      expect(await revoke(admin, invitation.id)).toMatchObject({ invitation: { state: 'REVOKED' } });
    }
    expect(await accept(guest, secret)).toMatchObject({ code: 'INVALID_STATE', currentState: 'REVOKED' });
    const again = await invite(owner, guest.email);
    await accept(guest, await secretFor(guest.email));
    expect(await revoke(admin, again.invitation.id)).toMatchObject({ code: 'INVALID_STATE', currentState: 'ACCEPTED' });
  });

  test('that has expired cannot be accepted and is not listed', async () => {
    const guest = await aPerson(server);
    const secret = await anInvitation(server, owner, { email: guest.email, expiresAt: new Date(0) });
    expect(await accept(guest, secret)).toMatchObject({ code: 'INVALID_STATE', currentState: 'EXPIRED' });
    expect(await preview(secret)).toMatchObject({ state: 'EXPIRED' });
    expect(await pendingFor(owner)).not.toContainEqual({ email: guest.email });
  });

  test('to own is sent, replaced and taken back by owners alone', async () => {
    const email = someAddress();
    const forbidden = { code: 'FORBIDDEN', requiredRole: 'OWNER' };
    expect(await invite(admin, email, 'OWNER')).toMatchObject(forbidden);
    const { invitation } = await invite(owner, email, 'OWNER');
    expect(await invite(admin, email, 'VIEWER')).toMatchObject(forbidden);
    expect(await revoke(admin, invitation.id)).toMatchObject(forbidden);
    expect(await revoke(owner, invitation.id)).toMatchObject({ invitation: { state: 'REVOKED' } });
  });

  test('is not seen by those who may not invite', async () => {
    const developer = await aMember(server, owner, 'DEVELOPER');
    const { invitation } = await invite(owner, someAddress());
    expect(await pendingFor(developer)).toBeNull();
    const { data } = await ask(server, `{ node(id: "${invitation.id}") { id } }`, {}, { token: developer.token });
    expect(data.node).toBeNull();
    expect(await invite(developer, someAddress())).toMatchObject({ code: 'FORBIDDEN', requiredRole: 'ADMIN' });
    expect(await revoke(developer, invitation.id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('to a member, or to no address, is refused', async () => {
    expect(await invite(owner, admin.email)).toMatchObject({ issues: [{ path: ['email'], rule: 'TAKEN' }] });
    expect(await invite(owner, 'nobody')).toMatchObject({ issues: [{ path: ['email'], rule: 'INVALID_FORMAT' }] });
  });

  test('ends with the rights of who sent it', async () => {
    const leaving = await aMember(server, owner, 'ADMIN');
    const [first, second] = [someAddress(), someAddress()];
    await invite(leaving, first);
    const roleSet = { organizationId: owner.organizationId, userId: leaving.userId, role: 'DEVELOPER' };
    await call('memberRoleSet', owner, roleSet, 'replayed');
    expect(await preview(await secretFor(first))).toMatchObject({ state: 'REVOKED' });
    await call('memberRoleSet', owner, { ...roleSet, role: 'ADMIN' }, 'replayed');
    await invite(leaving, second);
    await call('memberRemove', owner, { organizationId: owner.organizationId, userId: leaving.userId }, 'replayed');
    expect(await preview(await secretFor(second))).toMatchObject({ state: 'REVOKED' });
  });
});

describe('invitations', () => {
  test('are at most a hundred a day', async () => {
    const person = await aPerson(server);
    await manyInvitations(person, 100, { revokedAt: new Date() });
    const refused = { code: 'PLAN_LIMIT', limit: 'invitationsADay', maximum: 100, current: 100 };
    expect(await invite(person, someAddress())).toMatchObject(refused);
  });

  test('are never for more people than an organization may have', async () => {
    const person = await aPerson(server);
    await manyInvitations(person, 199, { createdAt: new Date(Date.now() - 2 * 24 * 60 * 60 * 1000) });
    expect(await invite(person, someAddress())).toMatchObject({ code: 'PLAN_LIMIT', limit: 'members', maximum: 200 });
  });
});

async function manyInvitations({ organizationId }: Person, count: number, more: object) {
  await server.db.invitation.createMany({
    data: Array.from({ length: count }, () => ({
      id: newId(),
      organizationId: uuid(organizationId),
      email: someAddress(),
      role: 'VIEWER' as const,
      secretHash: Buffer.from(newId()),
      expiresAt: new Date(Date.now() + 60_000),
      ...more,
    })),
  });
}
