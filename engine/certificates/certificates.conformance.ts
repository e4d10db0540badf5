import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CertificateFailure, type Certificates } from './certificates.js';

/** What a test of an adapter has: an authority, and a name server in which it may write. */
export type CertificatesBench = {
  readonly certificates: Certificates;
  /** PEM of who vouches for what is issued. */
  root(): Promise<string>;
  /** The authority finds nothing behind this name; or its name server fails; or nobody listens; or a stranger answers. */
  spoil(hostname: string, how: 'SERVFAIL' | 'refused' | '404'): Promise<void>;
  /** The owner of a domain, whose zone is elsewhere, hands its `_acme-challenge` name on to the platform. */
  delegate(domain: string): Promise<void>;
  /** Answers that are still given to authorities. */
  left(): Promise<number>;
  close(): Promise<void>;
};

const never = new AbortController().signal;

/** What every adapter of Certificates keeps to. */
export function certificatesConformance(name: string, open: () => Promise<CertificatesBench>): void {
  describe(`certificates by ${name}`, () => {
    let bench: CertificatesBench;
    beforeAll(async () => {
      bench = await open();
    });
    afterAll(() => bench?.close());

    const failureOf = (hostname: string, signal = never) =>
      bench.certificates.issue(hostname, signal).then(
        () => null,
        (error: unknown) => error,
      );

    // All at once: an adapter orders several at the same time.
    describe('orders', { concurrent: true }, () => {
      test('a certificate is for the host name, fits its key, and the authority vouches for it', async () => {
        const { chain, key } = await bench.certificates.issue('shop.example.test', never);
        const parts = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.map(read) ?? [];
        const [own, ...others] = parts;
        expect(own?.checkHost('shop.example.test')).toBe('shop.example.test');
        expect(own?.checkHost('other.example.test')).toBeUndefined();
        expect(own?.checkPrivateKey(createPrivateKey(key))).toBe(true);
        const issuers = [...others, read(await bench.root())];
        parts.forEach((each, i) => expect(each.verify(issuers[i]!.publicKey)).toBe(true));
      });

      test('one for all names below a domain is proven by DNS', async () => {
        const { chain } = await bench.certificates.issue('*.apps.example.test', never);
        expect(read(chain).checkHost('shop.apps.example.test')).toBe('*.apps.example.test');
      });

      test('one for all names below a domain whose zone is elsewhere is not ordered', async () => {
        const failure = await failureOf('*.apps.another.test');
        expect(failure).toBeInstanceOf(CertificateFailure);
        expect(failure).toMatchObject({ code: 'NOT_DELEGATED', wasOrdered: false });
      });

      test('it is, once its owner has handed on the one name that the authority looks at', async () => {
        await bench.delegate('*.shop.customer.test');
        const { chain } = await bench.certificates.issue('*.shop.customer.test', never);
        expect(read(chain).checkHost('www.shop.customer.test')).toBe('*.shop.customer.test');
      });

      test.each([
        ['SERVFAIL', 'DNS_FAILED'],
        ['refused', 'UNREACHABLE'],
        ['404', 'WRONG_ANSWER'],
      ] as const)('where the authority meets %s, the failure is %s', async (how, code) => {
        const hostname = `${how.toLowerCase()}.example.test`;
        await bench.spoil(hostname, how);
        const failure = await failureOf(hostname);
        expect(failure).toBeInstanceOf(CertificateFailure);
        expect(failure).toMatchObject({ code });
      });

      test('an order that is given up ends with the reason of its signal', async () => {
        const stop = new AbortController();
        const asked = failureOf('given-up.example.test', stop.signal);
        stop.abort(new Error('the engine ends'));
        expect(await asked).toMatchObject({ message: 'the engine ends' });
      });
    });

    test('nothing that was answered to the authority is left', async () => {
      expect(await bench.left()).toBe(0);
    });
  });
}

const read = (pem: string) => new X509Certificate(pem);
