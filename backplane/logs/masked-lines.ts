import { maxLineBytes } from '@apployd/core/log-line';
import { textMask } from './mask-text.js';
import type { SecretIndex } from './secret-index.js';

export type MaskedLines = {
  /** The lines that the text completes. */
  push(text: string): string[];
  /** The same for one whole line, of which the end may have been cut off: half a secret may stand there. */
  line(text: string): string[];
  /** The line that has no end yet, if there is one. */
  end(): string[];
  /** Masks other secrets from here on. */
  use(secrets: SecretIndex): void;
};

/** Masked lines out of output in parts. A line that a carriage return wrote over is its last state; NUL characters go. */
export function maskedLines(secrets: SecretIndex): MaskedLines {
  const mask = textMask(secrets);
  let partial = '';

  function split(text: string): string[] {
    const lines = (partial + text).split('\n');
    partial = shorten(lines.pop() ?? '');
    return lines.map(lastState);
  }

  const push = (text: string) => split(mask.push(text.replaceAll('\0', '')));

  return {
    push,
    line: (text) => (mayBeCut(text) ? [...push(text), ...split(mask.flush()), ...push('\n')] : push(`${text}\n`)),
    end() {
      const lines = split(mask.flush());
      if (partial !== '') lines.push(lastState(partial));
      partial = '';
      return lines;
    },
    use: mask.use,
  };
}

/** Whoever cuts a line keeps more of it than may be stored. */
function mayBeCut(line: string): boolean {
  return line.length * 3 > maxLineBytes && Buffer.byteLength(line) > maxLineBytes;
}

function lastState(line: string): string {
  const end = line.replace(/\r+$/, '');
  return end.slice(end.lastIndexOf('\r') + 1);
}

/** A line without an end may be endless: what the store would cut is not kept, nor what was written over. */
function shorten(partial: string): string {
  if (partial.length <= maxLineBytes) return partial;
  const state = partial.slice(partial.replace(/\r+$/, '').lastIndexOf('\r') + 1);
  return state.slice(0, maxLineBytes + 1);
}
