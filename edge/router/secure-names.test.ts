import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { expect, test } from 'vitest';
import { secureNames } from './secure-names.js';

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
const certificate = async (hostname: string, notAfter: Date) => ({
  ...{ hostname, notAfter },
  ...(await makeCertificate({ names: [hostname] })),
});

test('nobody is sent on to a certificate that is over; a wildcard that is not goes before it', async () => {
  let now = at(0);
  const names = secureNames(() => now);
  names.put([await certificate('own.apps.test', at(1)), await certificate('app.test', at(1))]);
  expect(['own.apps.test', 'app.test', 'other.test'].map(names.has)).toEqual([true, true, false]);
  const shown = names.context('own.apps.test');
  now = at(1);
  expect(['own.apps.test', 'app.test'].map(names.has)).toEqual([false, false]);
  expect(names.context('own.apps.test')).toBe(shown);
  names.put([await certificate('*.apps.test', at(2))]);
  expect(names.has('own.apps.test')).toBe(true);
  expect(names.context('own.apps.test')).toBe(names.context('any.apps.test'));
});
