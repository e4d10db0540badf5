import https from 'node:https';
import { systemClock, type Clock } from '@apployd/core/clock';
import { withinDeadline } from '@apployd/core/deadline';
import acme from 'acme-client';
import { failureOf, isProblem, notBeforeOf, type Problem } from './acme-failure.js';
import type { AcmeAccounts } from './acme-account.js';
import { CertificateFailure, type Certificates, type Challenges, type IssuedCertificate } from './certificates.js';
import { requireProof, type DnsChallenges } from './dns-challenges.js';

export type AcmeClientOptions = {
  /** Of the authority. */
  readonly directory: string;
  /** Whom the authority writes to. */
  readonly email: string | null;
  /** PEM of whoever vouches for the authority's own address, where the system does not. */
  readonly ca: string | null;
  readonly accounts: AcmeAccounts;
  readonly challenges: Challenges;
  /** Null: nothing can be proven by DNS, and no wildcard is issued. */
  readonly dns: DnsChallenges | null;
  readonly clock?: Clock;
};

/** For an order from its beginning to its end, and for each request of it. */
const [orderMs, requestMs] = [180_000, 20_000];
const [firstPauseMs, longestPauseMs] = [200, 3_000];

/** Speaks ACME (RFC 8555) in this process. What an authority asks for is answered from the database, by any edge. */
export function acmeClientCertificates(options: AcmeClientOptions): Certificates {
  speakAs(options);
  const { accounts, directory, clock = systemClock } = options;
  let account: Promise<acme.Client> | null = null;

  const open = () => {
    account ??= openAccount(options).catch((error: unknown) => {
      account = null;
      throw error;
    });
    return account;
  };

  /** An authority that does not know us any more is introduced again at the next attempt. */
  const forgetAccount = async (failure: CertificateFailure) => {
    if (!failure.message.startsWith('accountDoesNotExist')) return;
    account = null;
    await accounts.forget(directory);
  };

  return {
    issue: async (hostname, signal) => {
      try {
        return await withinDeadline(signal, orderMs, async (stop) =>
          order({ ...options, clock, client: await open(), hostname, signal: stop }),
        );
      } catch (error) {
        signal.throwIfAborted();
        const failure = asFailure(error);
        await forgetAccount(failure);
        throw failure;
      }
    },
  };
}

type Ordering = AcmeClientOptions & {
  readonly client: acme.Client;
  readonly clock: Clock;
  readonly hostname: string;
  readonly signal: AbortSignal;
};

/** With where it is proven by DNS; null: it is proven over HTTP. */
type Ordered = Ordering & { readonly place: string | null };

async function order(ordering: Ordering): Promise<IssuedCertificate> {
  const { client, hostname, signal, dns } = ordering;
  const place = await requireProof(hostname, dns, signal);
  const ordered = await client.createOrder({ identifiers: [{ type: 'dns', value: hostname }] });
  return fulfil({ ...ordering, place }, ordered).catch((error: unknown) => {
    throw asOrdered(asFailure(error));
  });
}

async function fulfil(ordering: Ordered, ordered: acme.Order): Promise<IssuedCertificate> {
  const { client, hostname, signal } = ordering;
  for (const authorization of await client.getAuthorizations(ordered)) await prove(ordering, ordered, authorization);
  signal.throwIfAborted();
  const key = await acme.crypto.createPrivateEcdsaKey();
  const [, request] = await acme.crypto.createCsr({ altNames: [hostname] }, key);
  const finalized = await client.finalizeOrder(await until(ordering, ordered, ['ready']), request);
  const done = await until(ordering, finalized, ['valid']);
  return { chain: await client.getCertificate(done), key: key.toString() };
}

async function prove(ordering: Ordered, ordered: acme.Order, authorization: acme.Authorization): Promise<void> {
  if (authorization.status === 'valid') return;
  const type = ordering.place === null ? 'http-01' : 'dns-01';
  const challenge = authorization.challenges.find((each) => each.type === type);
  if (!challenge) throw new CertificateFailure('AUTHORITY_FAILED', `The authority offers no challenge ${type}.`);
  const withdraw = await publish(ordering, challenge);
  try {
    await ordering.client.completeChallenge(challenge);
    await untilProven(ordering, ordered, authorization.url);
  } finally {
    await withdraw();
  }
}

/** Resolves with what takes the answer away again. */
async function publish(
  { client, challenges, dns, hostname, place, signal }: Ordered,
  challenge: acme.Authorization['challenges'][number],
): Promise<() => Promise<void>> {
  const keyAuthorization = await client.getChallengeKeyAuthorization(challenge);
  if (dns && place !== null) return dns.publish(place, keyAuthorization, signal);
  const { token } = challenge;
  await challenges.answer({ hostname, token, keyAuthorization });
  return () => challenges.withdraw(token);
}

/** Looks until the authority has decided; what it found wrong is in the challenge, not in the authorization. */
async function untilProven({ client, clock, signal }: Ordering, ordered: acme.Order, url: string): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    const authorizations = await client.getAuthorizations(ordered);
    const now = authorizations.find((each) => each.url === url);
    if (now?.status === 'valid') return;
    if (now?.status !== 'pending') {
      const failed = now?.challenges.find(({ error }) => error);
      throw failureOf((failed?.error as Problem | undefined) ?? {});
    }
    await clock.sleep(pauseMs, signal);
  }
}

async function until(
  { client, clock, signal }: Ordering,
  ordered: acme.Order,
  wanted: readonly acme.Order['status'][],
): Promise<acme.Order> {
  let now = ordered;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    if (wanted.includes(now.status)) return now;
    if (now.status === 'invalid') throw failureOf((now.error as Problem | undefined) ?? {});
    await clock.sleep(pauseMs, signal);
    now = await client.getOrder(now);
  }
}

async function openAccount({ directory, email, accounts }: AcmeClientOptions): Promise<acme.Client> {
  const known = await accounts.load(directory);
  if (known) return new acme.Client({ directoryUrl: directory, accountKey: known.key, accountUrl: known.url });
  const key = (await acme.crypto.createPrivateEcdsaKey()).toString();
  const client = new acme.Client({ directoryUrl: directory, accountKey: key });
  await client.createAccount({ termsOfServiceAgreed: true, ...(email ? { contact: [`mailto:${email}`] } : {}) });
  await accounts.save({ directory, url: client.getAccountUrl(), key });
  return client;
}

/** The package has one HTTP client for all: with a deadline for each request, and without its own waits of up to hours. */
function speakAs({ ca }: AcmeClientOptions): void {
  const { defaults, interceptors } = acme.axios;
  Object.assign((defaults as { acmeSettings?: object }).acmeSettings ?? {}, { retryMaxAttempts: 0 });
  defaults.timeout = requestMs;
  defaults.httpsAgent = new https.Agent({ keepAlive: false, ...(ca === null ? {} : { ca }) });
  if (isTellingProblems) return;
  isTellingProblems = true;
  interceptors.response.use((response) => {
    if (!isProblem(response.data)) return response;
    throw failureOf(response.data, { notBefore: notBeforeOf(response.headers['retry-after'], new Date()) });
  });
}

let isTellingProblems = false;

function asOrdered({ code, message, notBefore }: CertificateFailure): CertificateFailure {
  return new CertificateFailure(code, message, { notBefore, wasOrdered: true });
}

function asFailure(error: unknown): CertificateFailure {
  if (error instanceof CertificateFailure) return error;
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  if (isLate) return new CertificateFailure('AUTHORITY_FAILED', `It was not done within ${orderMs / 1_000} s.`);
  // The package trips over an answer that never came, and loses why.
  if (error instanceof TypeError) return new CertificateFailure('AUTHORITY_UNREACHABLE', 'No answer came.');
  const { message, code } = error as NodeJS.ErrnoException;
  const isAway = code !== undefined || /^(timeout|Attempting to read ACME directory)/.test(message);
  return new CertificateFailure(isAway ? 'AUTHORITY_UNREACHABLE' : 'AUTHORITY_FAILED', message);
}
