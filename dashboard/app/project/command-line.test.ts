import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argumentsOf, lineOf } from './command-line.js';

test.each([
  ['npx prisma migrate deploy', ['npx', 'prisma', 'migrate', 'deploy']],
  ['  node   -e "a b"  ', ['node', '-e', 'a b']],
  [String.raw`say 'it is' "\"so\"" a\ b x'y'"z"`, ['say', 'it is', '"so"', 'a b', 'xyz']],
  ["empty ''", ['empty', '']],
  ['$(id) `id` ; rm -rf / && *', ['$(id)', '`id`', ';', 'rm', '-rf', '/', '&&', '*']],
  ['', []],
])('%j holds its arguments, and nothing is expanded', (line, texts) => {
  expect(argumentsOf(line)).toEqual(texts);
});

test.each([`say 'it`, 'say "it', 'say "it\\"', 'say \\'])('%j is not taken: something is left open', (line) => {
  expect(argumentsOf(line)).toBeNull();
});

test('the line of any arguments gives just these', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 }), (texts) => {
      expect(argumentsOf(lineOf(texts))).toEqual(texts);
    }),
  );
});
