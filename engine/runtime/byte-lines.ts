import { readLineBytes } from '@apployd/core/log-line';

/** `bytes` is how much of the input the line took up, its end included. */
type SplitLine = { readonly message: string; readonly bytes: number };

export type ByteLines = {
  push(chunk: Buffer): readonly SplitLine[];
  /** What is left without a line end, as a line; null when nothing is. */
  rest(): SplitLine | null;
  /** Drops what is left. */
  reset(): void;
};

/** The longest character in UTF-8. */
const characterBytes = 4;
const lineFeed = 0x0a;

/** Cuts bytes into lines, whatever they are; holds no more of one line than is kept. */
export function byteLines(): ByteLines {
  let kept: Buffer[] = [];
  let keptLength = 0;
  let length = 0;

  const keep = (part: Buffer) => {
    length += part.length;
    const fits = part.subarray(0, readLineBytes - keptLength);
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
    const bytes = Buffer.concat(kept);
    const whole = length > keptLength ? bytes.subarray(0, endOfCharacters(bytes)) : bytes;
    const line = { message: whole.toString('utf8').replace(/\r$/, ''), bytes: length + endBytes };
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

/** Where the last whole character of a cut text ends: half a one would hide the secret that it belongs to. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back < characterBytes && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue; // goes on with a character that began before it
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
