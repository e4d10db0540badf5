/** A piece of a log line in one style. Text for React to escape: no HTML, no links, no stray control bytes. */
export type Piece = { readonly text: string; readonly fg?: string; readonly bold?: boolean; readonly dim?: boolean };

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const escape = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colours and cursor moves, titles and links (both lost whole), and what is left of broken ones. */
const sequences = new RegExp(
  `${escape}\\[([0-9;:]*)[ -/]*([@-~])|${escape}\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|${escape}[@-_]?`,
  'g',
);
/** Control bytes, and what turns the direction of writing. */
const control = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

type Style = { fg?: string; bold: boolean; dim: boolean };

/** Splits a line into styled pieces. A carriage return keeps what follows it: a progress bar becomes its last state. */
export function pieces(raw: string): readonly Piece[] {
  const kept = raw.replace(/\r+$/, '');
  const line = kept.slice(kept.lastIndexOf('\r') + 1);
  if (!line.includes(escape)) return [{ text: clean(line) }];
  const found: Piece[] = [];
  const style: Style = { bold: false, dim: false };
  let last = 0;
  const push = (text: string) => {
    if (clean(text)) found.push({ text: clean(text), ...style });
  };
  for (const match of line.matchAll(sequences)) {
    push(line.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[2] === 'm') restyle(style, (match[1] ?? '').split(/[;:]/).map(Number));
  }
  push(line.slice(last));
  return found;
}

export const plain = (raw: string): string =>
  pieces(raw)
    .map(({ text }) => text)
    .join('');

const clean = (text: string) => text.replace(/\t/g, '    ').replace(control, '');

function restyle(style: Style, codes: readonly number[]): void {
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 0) Object.assign(style, { fg: undefined, bold: false, dim: false });
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 22) Object.assign(style, { bold: false, dim: false });
    else if (code === 39) style.fg = undefined;
    else if (code >= 30 && code <= 37) style.fg = indexed(code - 30);
    else if (code >= 90 && code <= 97) style.fg = indexed(code - 90);
    else if (code === 38 || code === 48) {
      if (code === 38) style.fg = extended(codes, i);
      i += codes[i + 1] === 5 ? 2 : codes[i + 1] === 2 ? 4 : 0;
    }
  }
}

function extended(codes: readonly number[], at: number): string | undefined {
  const [kind, one = 0, two = 0, three = 0] = codes.slice(at + 1);
  if (kind === 5) return indexed(one);
  return kind === 2 ? near(one, two, three) : undefined;
}

function indexed(n: number): string | undefined {
  if (n < 16) return `var(--ansi-${names[n % 8]})`;
  if (n > 255) return undefined;
  if (n > 231) return near(n, n, n);
  return near(Math.floor((n - 16) / 36), Math.floor((n - 16) / 6) % 6, (n - 16) % 6);
}

/** Arbitrary colours keep their hue only; lightness comes from the theme, so contrast holds in light and dark. */
function near(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most === least) return 'var(--ansi-white)';
  const cut = (most + least) / 2;
  return `var(--ansi-${names[(red > cut ? 1 : 0) + (green > cut ? 2 : 0) + (blue > cut ? 4 : 0)]})`;
}
