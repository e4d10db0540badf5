import { expect, test } from 'vitest';
import { parseEnv, variablesIn } from './parse.js';

test('a .env file is read with its comments, exports and quotes', () => {
  const file = '# comment\nexport A=1\nB="two words # kept"\nC=three # not kept\n\nD=\'$E\'\nnot a line\nF="x\\ny"';
  expect(parseEnv(file)).toEqual([
    { key: 'A', value: '1' },
    { key: 'B', value: 'two words # kept' },
    { key: 'C', value: 'three' },
    { key: 'D', value: '$E' },
    { key: 'F', value: 'x\ny' },
  ]);
});

test('rows of a form keep their values and secrets; rows without a key are left out', () => {
  const form = new FormData();
  for (const [key, value] of [
    ['A', '1'],
    ['', 'lost'],
    ['B', '2'],
  ] as const) {
    form.append('key', key);
    form.append('value', value);
  }
  form.append('secret', '2');
  expect(variablesIn(form)).toEqual([
    { key: 'A', value: '1', isSecret: false },
    { key: 'B', value: '2', isSecret: true },
  ]);
});
