/** Calls at once, and what comes within `ms` of it once more when they are over. `stop` drops what is still to come. */
export function atMostEvery(ms: number, call: () => void): { readonly now: () => void; readonly stop: () => void } {
  let rest: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const now = () => {
    if (rest !== undefined) {
      isAsked = true;
      return;
    }
    call();
    rest = setTimeout(() => {
      rest = undefined;
      if (isAsked) now();
    }, ms);
    isAsked = false;
  };
  return { now, stop: () => clearTimeout(rest) };
}
