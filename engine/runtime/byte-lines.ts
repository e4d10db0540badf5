import { maxLineBytes } from '@apployd/core/log-line';

/** `bytes` is how much of the input the line took up, its end included. */
type SplitLine = { readonly message: string; readonly bytes: number };

export type ByteLines = {
  push(chunk: Buffer): readonly SplitLine[];
  /** What is left without a line end, as a line; null when nothing is. */
  rest(): SplitLine | null;
  /** Drops what is left. */
  reset(): void;
};

/** One byte more than a line may have: the log store sees that it was longer, and marks it. */
const keptBytes = maxLineBytes + 1;
const lineFeed = 0x0a;

/** Cuts bytes into lines, whatever they are; holds no more of one line than is kept. */
export function byteLines(): ByteLines {
  let kept: Buffer[] = [];
  let keptLength = 0;
  let length = 0;

  const keep = (part: Buffer) => {
    length += part.length;
    const fits = part.subarray(0, keptBytes - keptLength);
    if (fits.length === 0) return;
    kept.push(Buffer.from(fits));
    keptLength += fits.length;
  };
  const reset = () => {
    kept = [];
    keptLength = 0;
    length = 0;
  };
  const take = (endBytes: number): SplitLine => {
    const line = { message: Buffer.concat(kept).toString('utf8').replace(/\r$/, ''), bytes: length + endBytes };
    reset();
    return line;
  };

  return {
    push: (chunk) => {
      const lines: SplitLine[] = [];
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
        keep(chunk.subarray(start, end));
        lines.push(take(1));
        start = end + 1;
      }
      keep(chunk.subarray(start));
      return lines;
    },
    rest: () => (length > 0 ? take(0) : null),
    reset,
  };
}
