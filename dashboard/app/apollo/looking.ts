/** Looks once for all who ask in the same moment. */
export function looking(): (look: () => void) => void {
  let isAsked = false;
  return (look) => {
    if (isAsked) return;
    isAsked = true;
    queueMicrotask(() => {
      isAsked = false;
      look();
    });
  };
}
