const pageSize = 100;

/** Ends: every page is of rows that are left, and each of them goes. */
export async function untilNone<Row>(
  signal: AbortSignal,
  left: (take: number) => Promise<readonly Row[]>,
  remove: (row: Row) => Promise<void>,
): Promise<void> {
  for (let page = await left(pageSize); page.length > 0; page = await left(pageSize)) {
    for (const row of page) {
      signal.throwIfAborted();
      await remove(row);
    }
  }
}
