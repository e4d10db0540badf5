import { expect, test } from 'vitest';
import { inPages } from './pages.js';

const ids = ['a', 'b', 'c', 'd'];
const read = (rows: readonly string[], most: number) => async (after: string) =>
  rows.filter((id) => id > after).slice(0, most);

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test.each([1, 2, 3, 4, 5])('all rows come once and in their order, %i at a time', async (most) => {
  const rows = await all(inPages(most, (id: string) => id, read(ids, most)));
  expect(rows).toEqual(ids);
});

test('nothing comes of nothing', async () => {
  expect(await all(inPages(2, (id: string) => id, read([], 2)))).toEqual([]);
});
