import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isLeftOut } from '@apployd/test/without';
import { silentLogger } from '@apployd/backplane/log/logger';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stubbornAuthority } from '../testing/stubborn-authority.js';
import { certbotCertificates } from './certbot.js';
import type { CertificateFailure } from './certificates.js';

describe.skipIf(isLeftOut('pebble'))('what an authority refuses to certbot', () => {
  let folder: string;
  let authority: Awaited<ReturnType<typeof stubbornAuthority>>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-certbot-'));
    authority = await stubbornAuthority();
  });
  afterAll(async () => {
    await authority.close();
    await rm(folder, { recursive: true });
  });

  const failure = (): Promise<CertificateFailure> =>
    certbotCertificates({
      ...{ program: 'certbot', folder, directory: authority.directory, caFile: null, email: null, dns: null },
      challenges: { answer: async () => undefined, withdraw: async () => undefined },
      log: silentLogger,
    })
      .issue('shop.example.test', new AbortController().signal)
      .then(
        () => Promise.reject(new Error('It was issued.')),
        (error: unknown) => error as CertificateFailure,
      );

  test.each([
    ['caa at the validation', 'validation', 200, 'caa', 'CAA_FORBIDS'],
    ['caa at the end', 'finalize', 403, 'caa', 'CAA_FORBIDS'],
    ['too many orders', 'order', 429, 'rateLimited', 'RATE_LIMITED'],
    ['a name on its list', 'order', 400, 'rejectedIdentifier', 'NAME_REFUSED'],
  ] as const)('has a code of its own: %s', { timeout: 90_000 }, async (_, at, status, type, code) => {
    authority.refuse({ at, status, problem: { type, detail: 'in its own words' }, retryAfter: '7200' });
    const now = Date.now();
    const failed = await failure();
    expect(failed).toMatchObject({ code, message: `${type}: in its own words`, wasOrdered: at !== 'order' });
    if (code !== 'RATE_LIMITED') expect(failed.notBefore).toBeNull();
    else expect(((failed.notBefore?.getTime() ?? 0) - now) / 3_600_000).toBeCloseTo(2, 1);
  });
});
