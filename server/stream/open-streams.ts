/** The streams that are being followed, so that a server that stops can end them in good order. */
export type OpenStreams = {
  /** Fires when the server stops. */
  readonly draining: AbortSignal;
  /** Counts a stream in; call what it returns when the stream is over. */
  enter(): () => void;
  count(): number;
  /** Asks every stream to end, and resolves when all have or `graceMs` have passed. */
  drain(graceMs: number): Promise<void>;
};

export function openStreams(): OpenStreams {
  const draining = new AbortController();
  let open = 0;
  let onEmpty = () => {};
  return {
    draining: draining.signal,
    enter: () => {
      let inside = true;
      open += 1;
      return () => {
        if (!inside) return;
        inside = false;
        open -= 1;
        if (open === 0) onEmpty();
      };
    },
    count: () => open,
    drain: (graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
        draining.abort();
        if (open === 0) onEmpty();
      }),
  };
}
