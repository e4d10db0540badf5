import { createLogger } from '@apployd/backplane/log/logger';
import { expect, test } from 'vitest';
import { leftOut } from './left-out.js';

test('what was not taken is known until it is taken or forgotten, counted, and named in the log once', () => {
  const said: string[] = [];
  const counts: number[] = [];
  const log = createLogger({ name: 'edge', level: 'info', format: 'json', write: (line) => said.push(line) });
  const { told, names } = leftOut({ log, what: 'route', onChange: (count) => counts.push(count) });
  told(['put a.test x', 'put b.test x', 'put c.test x'], ['a.test no memory', 'b.test no memory']);
  told(['put a.test x', 'put b.test x'], ['a.test no memory']);
  expect([...names()]).toEqual(['a.test']);
  told(['put d.test x'], []);
  told(['forget a.test'], []);
  told(['put d.test x'], []);
  expect([names().size, counts]).toEqual([0, [2, 1, 1, 0]]);
  expect(said.map((line) => (JSON.parse(line) as { leftOut?: string[] }).leftOut)).toEqual([
    ['a.test no memory', 'b.test no memory'],
    undefined,
  ]);
});
