/** Asks once for all that is asked for in the same turn of the event loop. */
export function batched<T>(load: (ids: readonly string[]) => Promise<(id: string) => T>): (id: string) => Promise<T> {
  let waiting: { readonly ids: Set<string>; readonly found: Promise<(id: string) => T> } | null = null;

  function open() {
    const ids = new Set<string>();
    const found = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      waiting = null;
      return load([...ids]);
    });
    return { ids, found };
  }

  return async (id) => {
    waiting ??= open();
    waiting.ids.add(id);
    return (await waiting.found)(id);
  };
}
