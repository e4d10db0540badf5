import { lineSplitter } from '../runtime/line-splitter.js';

/** Cuts outputs that are written at the same time into whole lines. */
export function outputLines<Output extends string>(onLine: (line: string) => void) {
  const splitters = new Map<Output, ReturnType<typeof lineSplitter>>();
  const of = (output: Output) => {
    const splitter = splitters.get(output) ?? lineSplitter();
    splitters.set(output, splitter);
    return splitter;
  };
  return {
    push: (chunk: Buffer, output: Output) => {
      for (const { message } of of(output).push(chunk)) onLine(lastUpdate(message));
    },
    /** What was left without a line end is a line, too. */
    end: () => {
      for (const splitter of splitters.values()) {
        const rest = splitter.rest();
        if (rest) onLine(lastUpdate(rest.message));
      }
    },
  };
}

/** Of a progress display only what it showed last. */
function lastUpdate(line: string): string {
  return line.slice(line.lastIndexOf('\r') + 1);
}
