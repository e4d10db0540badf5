import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fingerprints } from './fingerprints.js';

const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)];

test('the same text has the same fingerprint, which cannot be had without the secret', () => {
  expect(fingerprints(older)('text')).toEqual(fingerprints(older)('text'));
  expect(fingerprints(older)('text')).not.toEqual(fingerprints(older)('other'));
  expect(fingerprints(older)('text')).not.toEqual(fingerprints(newer)('text'));
  expect(fingerprints(older)('text')).not.toContain(createHash('sha256').update('text').digest('hex'));
});

test('what an older secret took is still recognised while that secret is listed', () => {
  const [former = ''] = fingerprints(older)('text');
  expect(fingerprints(`${newer}, ${older}`)('text')).toEqual([fingerprints(newer)('text')[0], former]);
});
