import { byteLines } from '../runtime/byte-lines.js';

/** Cuts outputs that are written at the same time into whole lines. */
export function outputLines<Output extends string>(onLine: (line: string) => void) {
  const outputs = new Map<Output, ReturnType<typeof byteLines>>();
  const of = (output: Output) => {
    const lines = outputs.get(output) ?? byteLines();
    outputs.set(output, lines);
    return lines;
  };
  return {
    push: (chunk: Buffer, output: Output) => {
      for (const { message } of of(output).push(chunk)) onLine(lastUpdate(message));
    },
    /** What was left without a line end is a line, too. */
    end: () => {
      for (const lines of outputs.values()) {
        const rest = lines.rest();
        if (rest) onLine(lastUpdate(rest.message));
      }
    },
  };
}

/** Of a progress display only what it showed last. */
function lastUpdate(line: string): string {
  return line.slice(line.lastIndexOf('\r') + 1);
}
