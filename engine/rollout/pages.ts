const first = '00000000-0000-0000-0000-000000000000';

/**
 * All rows, at most so many at a time, in the order of their ids: none is left behind by those before it. `read` gives those
 * whose id is greater than the one it is given, in that order.
 */
export async function* inPages<Row>(
  most: number,
  idOf: (row: Row) => string,
  read: (after: string) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after: string | undefined = first; after !== undefined;) {
    const page = await read(after);
    yield* page;
    const last = page.at(-1);
    after = last === undefined || page.length < most ? undefined : idOf(last);
  }
}
