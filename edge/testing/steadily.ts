const mostTries = 10;

/**
 * Makes a try in which somebody writes steadily and says so at each write. One that fails after its writer was held up for
 * longer than `mostMs` did not keep to its own terms: it says nothing about who is cut off, and another is made.
 */
export async function steadily<T>(mostMs: number, attempt: (writes: () => void) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    let [last, longest] = [performance.now(), 0];
    const note = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    };
    try {
      return await attempt(note);
    } catch (error) {
      // The failure may be heard of before the write that is late.
      note();
      if (longest <= mostMs || tries === mostTries) throw error;
    }
  }
}
