import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { stubbornAuthority } from '../testing/stubborn-authority.js';
import type { AcmeAccount } from './acme-account.js';
import { acmeClientCertificates } from './acme-client.js';
import type { CertificateFailure } from './certificates.js';
import { fakeResolver } from '../resolver/fake.js';
import { fakeDns } from '../dns/fake.js';
import { dnsChallenges, type DnsChallenges } from './dns-challenges.js';

let authority: Awaited<ReturnType<typeof stubbornAuthority>>;
const accounts = new Map<string, AcmeAccount>();
const answers = new Set<string>();
const never = new AbortController().signal;

beforeAll(async () => {
  authority = await stubbornAuthority();
});
afterAll(() => authority.close());
beforeEach(() => accounts.clear());

const aClient = (directory = authority.directory, dns: DnsChallenges | null = null) =>
  acmeClientCertificates({
    ...{ directory, email: null, ca: null, dns },
    accounts: {
      load: async (of) => accounts.get(of) ?? null,
      save: async (account) => void accounts.set(account.directory, account),
      forget: async (of) => void accounts.delete(of),
    },
    challenges: {
      answer: async ({ token }) => void answers.add(token),
      withdraw: async (token) => void answers.delete(token),
    },
  });

const failure = async (client = aClient()): Promise<CertificateFailure> =>
  client.issue('shop.example.test', never).then(
    () => Promise.reject(new Error('It was issued.')),
    (error: unknown) => error as CertificateFailure,
  );

test.each([
  ['caa at the validation', 'validation', 200, 'caa', 'CAA_FORBIDS'],
  ['caa at the end', 'finalize', 403, 'caa', 'CAA_FORBIDS'],
  ['too many orders', 'order', 429, 'rateLimited', 'RATE_LIMITED'],
  ['a name on its list', 'order', 400, 'rejectedIdentifier', 'NAME_REFUSED'],
  ['no address', 'validation', 200, 'dns', 'DNS_FAILED'],
  ['an error of its own', 'order', 500, 'serverInternal', 'AUTHORITY_FAILED'],
  ['a word that is new', 'validation', 200, 'somethingNew', 'AUTHORITY_FAILED'],
] as const)('an authority that says %s leaves a failure with a code of its own', async (_, at, status, type, code) => {
  authority.refuse({ at, status, problem: { type, detail: 'in its\nown words' } });
  const wasOrdered = at !== 'order';
  expect(await failure()).toMatchObject({ code, message: `${type}: in its own words`, wasOrdered });
  expect(answers.size).toBe(0);
});

test('the moment from which a rate limit allows more is kept, a week at most', async () => {
  const problem = { type: 'rateLimited', detail: 'too many' };
  const refuse = (retryAfter: string) => authority.refuse({ at: 'order', status: 429, problem, retryAfter });
  const hoursFrom = (from: Date, until: Date | null) => ((until?.getTime() ?? 0) - from.getTime()) / 3_600_000;
  const now = new Date();
  refuse('7200');
  expect(hoursFrom(now, (await failure()).notBefore)).toBeCloseTo(2, 1);
  refuse(new Date(now.getTime() + 5 * 3_600_000).toUTCString());
  expect(hoursFrom(now, (await failure()).notBefore)).toBeCloseTo(5, 1);
  refuse('99999999');
  expect(hoursFrom(now, (await failure()).notBefore)).toBeCloseTo(7 * 24, 1);
  refuse('soon');
  expect((await failure()).notBefore).toBeNull();
});

test('one that is not there, or answers something else, is told from one that refuses', async () => {
  expect(await failure(aClient('http://127.0.0.1:9/directory'))).toMatchObject({ code: 'AUTHORITY_UNREACHABLE' });
  authority.refuse({ at: 'directory', status: 503 });
  expect(await failure()).toMatchObject({ code: 'AUTHORITY_UNREACHABLE' });
});

test('a wildcard is not ordered where nothing can prove it', async () => {
  authority.refuse({ at: 'order', status: 500, problem: { type: 'serverInternal', detail: 'it was asked' } });
  const asked = aClient().issue('*.example.test', never);
  await expect(asked).rejects.toMatchObject({ code: 'DNS_PROVIDER_FAILED', message: 'No DNS provider is configured.' });
});

test('a wildcard whose zone is not at the provider is not ordered, nor one of which that cannot be told', async () => {
  authority.refuse({ at: 'order', status: 500, problem: { type: 'serverInternal', detail: 'it was asked' } });
  const resolver = fakeResolver();
  const parts = { dns: fakeDns(['example.test']), resolver, baseDomain: 'example.test', clock: systemClock, waitMs: 0 };
  const client = aClient(authority.directory, dnsChallenges(parts));
  const asked = (hostname: string) => client.issue(hostname, never);
  const undelegated = { code: 'NOT_DELEGATED', wasOrdered: false };
  await expect(asked('*.another.test')).rejects.toMatchObject(undelegated);
  resolver.set('_acme-challenge.another.test', { cname: 'elsewhere.test' });
  await expect(asked('*.another.test')).rejects.toMatchObject({
    ...undelegated,
    message: expect.stringContaining('leads to elsewhere.test'),
  });
  resolver.silence('_acme-challenge.another.test');
  await expect(asked('*.another.test')).rejects.toMatchObject(undelegated);
  const far = dnsChallenges({ ...parts, baseDomain: 'far.test' });
  const nowhere = aClient(authority.directory, far).issue('*.another.test', never);
  await expect(nowhere).rejects.toMatchObject({ code: 'DNS_PROVIDER_FAILED', wasOrdered: false });
  await expect(asked('*.example.test')).rejects.toMatchObject({ message: 'serverInternal: it was asked' });
  parts.dns.covers = async () => Promise.reject(new Error('It is away.'));
  const failed = { code: 'DNS_PROVIDER_FAILED', message: 'It is away.', wasOrdered: false };
  await expect(asked('*.example.test')).rejects.toMatchObject(failed);
});

test('an account is kept, and made anew when the authority does not know it any more', async () => {
  const problem = { type: 'rejectedIdentifier', detail: 'no' };
  authority.refuse({ at: 'order', status: 400, problem });
  await failure();
  const first = accounts.get(authority.directory);
  await failure(aClient());
  expect(accounts.get(authority.directory)).toEqual(first);
  const client = aClient();
  authority.refuse({ at: 'order', status: 400, problem: { type: 'accountDoesNotExist', detail: 'who?' } });
  await failure(client);
  expect(accounts.size).toBe(0);
  authority.refuse({ at: 'order', status: 400, problem });
  await failure(client);
  expect(accounts.get(authority.directory)?.key).not.toBe(first?.key);
});
