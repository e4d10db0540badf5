import type { Found, SecretIndex } from './secret-index.js';

const maskText = '[secret]';

/** A text that looks like secrets all over is masked as a whole, rather than looked at for long. */
const mostSteps = 500_000;
const mostStepsPerCharacter = 8;

export type TextMask = {
  /** The text with secrets masked. A tail that may be the beginning of a secret is kept until the next call. */
  push(text: string): string;
  /** The tail that was kept. */
  end(): string;
};

/** Masks secrets in a text that comes in parts, also where a secret lies across parts or secrets overlap. */
export function textMask(secrets: SecretIndex): TextMask {
  let kept = '';
  let covered = 0; // so many characters at the beginning of `kept` are masked already
  let open: Found['open'] = null; // what `kept` may be the beginning of

  function take(text: string, final: boolean): string {
    const { spans, cut, ...found } = look(secrets, text, open, final);
    let masked = '';
    let shown = covered; // all before is in `masked`, or masked
    for (const [from, to] of spans) {
      if (from >= shown) masked += text.slice(shown, from) + maskText;
      shown = Math.max(shown, to);
    }
    masked += text.slice(shown, cut);
    covered = Math.max(0, shown - cut);
    kept = text.slice(cut);
    open = found.open;
    return masked;
  }

  return {
    push: (text) => (secrets.longest === 0 ? text : take(kept + text, false)),
    end: () => (kept === '' ? '' : take(kept, true)),
  };
}

type Span = readonly [from: number, to: number];

/** Where secrets are, in order, and where a tail begins that one may go on from: the end of the text when there is none. */
type Look = { readonly spans: readonly Span[]; readonly cut: number; readonly open: Found['open'] };

function look(secrets: SecretIndex, text: string, before: Found['open'], final: boolean): Look {
  const spans: Span[] = [];
  let stepsLeft = mostSteps + mostStepsPerCharacter * text.length;
  for (let at = before ? 0 : secrets.next(text, 0); at < text.length; at = secrets.next(text, at + 1)) {
    const { length, open, steps } = secrets.find(text, at, at === 0 && before ? before : undefined);
    if (open && !final) return { spans, cut: at, open };
    if (length > 0) spans.push([at, at + length]);
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      spans.push([at, text.length]);
      return { spans, cut: final ? text.length : Math.max(at, text.length - secrets.longest + 1), open: null };
    }
  }
  return { spans, cut: text.length, open: null };
}
