const maskText = '[secret]';
const shortest = 4;
const shortestLine = 8;

export type TextMask = {
  /** The text with secrets masked. A tail that may be the beginning of a secret is kept until the next call. */
  push(text: string): string;
  /** The tail that was kept. */
  end(): string;
};

/**
 * Masks secrets in a text that comes in parts, also where a secret lies across parts or secrets overlap. Values of less
 * than four characters would mask everything and are left alone; the longer lines of a secret are masked one by one too.
 */
export function textMask(secrets: readonly string[]): TextMask {
  const hidden = [...new Set(secrets.flatMap(withItsLines))].sort((a, b) => b.length - a.length);
  const longest = hidden[0]?.length ?? 0;
  let kept = '';
  let covered = 0; // so many characters at the beginning of `kept` are masked already

  function take(text: string, final: boolean): string {
    const cut = final ? text.length : beginningOfSecret(text, hidden, longest);
    kept = text.slice(cut);
    if (cut === 0) return '';
    const spans = merge([[0, covered], ...hidden.flatMap((secret) => occurrences(text, secret))]);
    let masked = '';
    let at = 0;
    let over = 0;
    for (const [from, to] of spans) {
      if (from >= cut) break;
      masked += text.slice(at, from) + (from === 0 && covered > 0 ? '' : maskText);
      at = Math.min(to, cut);
      over = Math.max(0, to - cut);
    }
    covered = over;
    return masked + text.slice(at, cut);
  }

  return {
    push: (text) => (longest === 0 ? text : take(kept + text, false)),
    end: () => (kept === '' ? '' : take(kept, true)),
  };
}

type Span = readonly [from: number, to: number];

function withItsLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= shortestLine);
  return [secret, ...lines].filter((text) => text.length >= shortest);
}

function occurrences(text: string, secret: string): Span[] {
  const spans: Span[] = [];
  for (let from = text.indexOf(secret); from >= 0; from = text.indexOf(secret, from + 1)) {
    spans.push([from, from + secret.length]);
  }
  return spans;
}

/** Overlapping spans as one, in order; empty ones are left out. */
function merge(spans: readonly Span[]): Span[] {
  const merged: [number, number][] = [];
  for (const [from, to] of spans.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from < last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Where a tail begins that a secret may go on from; the length of the text when there is none. */
function beginningOfSecret(text: string, hidden: readonly string[], longest: number): number {
  for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1) {
    const tail = text.slice(at);
    if (hidden.some((secret) => secret.length > tail.length && secret.startsWith(tail))) return at;
  }
  return text.length;
}
