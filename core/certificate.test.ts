import { expect, test } from 'vitest';
import {
  caaAllows,
  certificateWarningAt,
  certificateFailureCodes,
  certificateFailureReason,
  isCertifiable,
} from './certificate.js';

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

test.each([
  ['ca.example', 'a.test', true],
  ['CA.Example.', 'a.test', true],
  ['ca.example; accounturi=https://ca.example/1', 'a.test', true],
  ['ca.example; validationmethods=dns-01,http-01', 'a.test', true],
  ['ca.example; validationmethods=dns-01', 'a.test', false],
  ['ca.example;validationmethods = dns-01', '*.a.test', true],
  ['www.ca.example', 'a.test', false],
  [';', 'a.test', false],
  ['', 'a.test', false],
])('whether a CAA record %j lets an authority issue for %s: %s', (value, hostname, expected) => {
  expect(caaAllows(value, ['other.example', 'ca.example'], hostname)).toBe(expected);
});

test.each([
  [30 * 24, 1],
  [7 * 24 + 1, 1],
  [7 * 24, 2],
  [24, 3],
  [-1, 3],
])('of a certificate that has %i hours left and is not renewed, people are told %i times', (hours, times) => {
  expect(certificateWarningAt(hours * 3_600_000)).toBe(times);
});
