import { expect, test } from 'vitest';
import { certificateFailureCodes, certificateFailureReason, isCertifiable } from './certificate.js';

test.each(['app.example.com', '*.apps.example.com', 'xn--bcher-kva.example', 'a.test'])(
  'a certificate may be asked for %s',
  (hostname) => expect(isCertifiable(hostname)).toBe(true),
);

test.each([
  'localhost',
  'app.localhost',
  'printer.local',
  'db.internal',
  '127.0.0.1',
  '[::1]',
  'com',
  '',
  'a..b',
  'a_b.example.com',
  '-a.example.com',
  '*.*.example.com',
  `${'a'.repeat(64)}.example.com`,
])('none is ever asked for %j', (hostname) => expect(isCertifiable(hostname)).toBe(false));

test('every failure names the host name and ends in what to do', () => {
  const reasons = certificateFailureCodes.map((code) => certificateFailureReason(code, 'shop.example.com'));
  expect(new Set(reasons).size).toBe(certificateFailureCodes.length);
  for (const reason of reasons)
    expect(reason).toMatch(/shop\.example\.com.*(tried again|Use another|With a DNS provider)/);
});
