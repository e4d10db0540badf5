const batch = 5_000;
/** A run leaves what is more for the next one. */
const mostBatches = 100;

/** Deletes in short statements, so that nobody waits for their locks. */
export async function inBatches(deleteSome: (most: number) => Promise<number>, most = batch): Promise<void> {
  for (let i = 0; i < mostBatches; i += 1) {
    if ((await deleteSome(most)) < most) return;
  }
}
