import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idOf, newId, parsePublicId, publicId } from './id.js';

test('ids are UUIDs of version 7 that sort by their birth', () => {
  const ids = [1, 1_000, 1_700_000_000_000, 1_800_000_000_000].map((ms) => newId(ms));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
});

test('an outside id leads back to the id that it was made from', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const text = publicId('Deployment', id);
      expect(text).toMatch(/^dpl_[0-9a-z]{26}$/);
      expect(parsePublicId(text)).toEqual({ kind: 'Deployment', id });
    }),
  );
});

test('an id of one kind is none of another', () => {
  const id = newId();
  expect(idOf('Project', publicId('Project', id))).toBe(id);
  expect(idOf('Project', publicId('Deployment', id))).toBeNull();
});

test('what is not an id of ours is refused, whatever it is', () => {
  const wrong = [
    '',
    'dpl_',
    'dpl_123',
    `xxx_${'0'.repeat(26)}`,
    `dpl_${'z'.repeat(26)}`,
    `dpl_${'0'.repeat(26)}_`,
    `dpl_${'u'.repeat(26)}`,
  ];
  for (const text of wrong) expect(parsePublicId(text)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => parsePublicId(text) === null));
});
