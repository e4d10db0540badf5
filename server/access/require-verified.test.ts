import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { parseConfig } from '@apployd/backplane/config/parse-config';
import { serverSettings, type ServerSettings } from '../config.js';
import { mutate } from '../testing/client.js';
import { aPerson, aToken, type Person } from '../testing/make.js';
import { linkTo, mailsTo } from '../testing/mails.js';
import { testServer, testSettings, type TestServer } from '../testing/test-server.js';
import { waitsForVerification } from './require-verified.js';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const createProject = (person: Person, token = person.token) =>
  mutate(
    server!,
    token,
    'projectCreate',
    { organizationId: person.organizationId, name: 'Shop' },
    '... on ForbiddenError { needsVerifiedEmail requiredRole missingScope }',
  );

test('what waits for a verified address is refused until it is verified, to the person’s tokens as well', async () => {
  server = await testServer({ settings: { SERVER_VERIFIED_ONLY: ['project:create'] } });
  const person = await aPerson(server);
  const token = await aToken(server, person, { scopes: ['PROJECT_WRITE'] });
  const refused = { code: 'FORBIDDEN', needsVerifiedEmail: true, requiredRole: null, missingScope: null };
  expect(await createProject(person)).toMatchObject(refused);
  expect(await createProject(person, token)).toMatchObject(refused);
  const link = { token: await linkTo(server, person.email, 'verify-email') };
  await mutate(server, person.token, 'accountEmailVerify', link, '');
  expect((await createProject(person)).__typename).toBe('ProjectCreatePayload');
  expect((await createProject(person, token)).__typename).toBe('ProjectCreatePayload');
});

test.each(['VIEWER', 'OWNER'])('where inviting waits, so does inviting a %s', async (role) => {
  server = await testServer({ settings: { SERVER_VERIFIED_ONLY: ['member:invite'] } });
  const person = await aPerson(server);
  const input = { organizationId: person.organizationId, email: 'stranger@example.com', role };
  const invite = () =>
    mutate(server!, person.token, 'memberInvite', input, '... on ForbiddenError { needsVerifiedEmail }');
  expect(await invite()).toMatchObject({ code: 'FORBIDDEN', needsVerifiedEmail: true });
  expect(await mailsTo(server, 'stranger@example.com')).toEqual([]);
  await mutate(
    server,
    person.token,
    'accountEmailVerify',
    { token: await linkTo(server, person.email, 'verify-email') },
    '',
  );
  expect((await invite()).__typename).toBe('MemberInvitePayload');
});

test('nothing waits where mails are printed; inviting and making tokens do where they are sent; both can be set', () => {
  const waiting = (settings: Partial<ServerSettings>) =>
    (['member:invite', 'token:create', 'deployment:create'] as const).filter((action) =>
      waitsForVerification({ ...testSettings, ...settings }, action),
    );
  const MAIL_URL = 'smtps://mail.example.com';
  expect(waiting({})).toEqual([]);
  expect(waiting({ MAIL_URL })).toEqual(['member:invite', 'token:create']);
  expect(waiting({ MAIL_URL, SERVER_VERIFIED_ONLY: [] })).toEqual([]);
  expect(waiting({ SERVER_VERIFIED_ONLY: ['deployment:create'] })).toEqual(['deployment:create']);
});

test('the setting names actions, or none, and says what it may be', () => {
  const required = { DATABASE_URL: 'postgresql://db/x', APPLOYD_SECRET: randomBytes(32).toString('hex') };
  const parse = (text: string) =>
    parseConfig(serverSettings, { ...required, SERVER_VERIFIED_ONLY: text }).SERVER_VERIFIED_ONLY;
  expect(parse('none')).toEqual([]);
  expect(parse('member:invite, deployment:create')).toEqual(['member:invite', 'deployment:create']);
  expect(parse('')).toBeUndefined();
  expect(() => parse('member:invite,everything')).toThrow(/is to be `none`, or some of organization:read, /);
  expect(() => parseConfig(serverSettings, { ...required, SERVER_SIGN_UP: 'sometimes' })).toThrow(/SERVER_SIGN_UP/);
});
