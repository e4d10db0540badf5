import { shortestMasked } from '@apployd/core/variable';
import type { Found, SecretIndex } from './secret-index.js';

export const maskText = '[secret]';

/** A text that looks like secrets all over is masked as a whole, rather than looked at for long. */
const mostSteps = 500_000;
const mostStepsPerCharacter = 8;

export type TextMask = {
  /** The text with secrets masked. A tail that may be the beginning of a secret is kept until the next call. */
  push(text: string): string;
  /** The tail that was kept, masked unless it is too short to tell anything. A secret that goes on is masked on. */
  flush(): string;
  /** Looks for other secrets from here on. */
  use(secrets: SecretIndex): void;
};

/** Masks secrets in a text that comes in parts, also where a secret lies across parts or secrets overlap. */
export function textMask(index: SecretIndex): TextMask {
  let secrets = index;
  let kept = '';
  /** So many characters at the beginning of `kept` were handed out already, masked or `inClear`. */
  let covered = 0;
  let inClear = false;
  let open: Found['open'] = null; // what `kept` may be the beginning of

  function take(text: string): string {
    const { spans, cut, open: next } = look(secrets, text, open);
    let masked = '';
    let shown = covered;
    for (const [from, to] of spans) {
      if (to <= shown) continue;
      if (from >= shown || inClear) masked += text.slice(shown, Math.max(from, shown)) + maskText;
      shown = to;
      inClear = false;
    }
    masked += text.slice(shown, cut);
    covered = Math.max(0, shown - cut);
    kept = text.slice(cut);
    open = next;
    return masked;
  }

  function flush(): string {
    const rest = kept.slice(covered);
    const isMasked = kept.length >= shortestMasked;
    const needsMask = rest !== '' && (covered === 0 || inClear);
    covered = kept.length;
    inClear = !isMasked;
    if (!isMasked) return rest;
    return needsMask ? maskText : '';
  }

  return {
    push: (text) => (secrets.longest === 0 && kept === '' ? text : take(kept + text)),
    flush,
    use(others) {
      secrets = others;
      open = null;
    },
  };
}

/** A whole text with all of its secrets masked. */
export function maskedText(secrets: SecretIndex, text: string): string {
  const mask = textMask(secrets);
  return mask.push(text) + mask.flush();
}

type Span = readonly [from: number, to: number];

/** Where secrets are, in order, and where a tail begins that one may go on from: the end of the text when there is none. */
type Look = { readonly spans: readonly Span[]; readonly cut: number; readonly open: Found['open'] };

function look(secrets: SecretIndex, text: string, before: Found['open']): Look {
  const spans: Span[] = [];
  let stepsLeft = mostSteps + mostStepsPerCharacter * text.length;
  for (let at = before ? 0 : secrets.next(text, 0); at < text.length; at = secrets.next(text, at + 1)) {
    const { length, open, steps } = secrets.find(text, at, at === 0 && before ? before : undefined);
    if (open) return { spans, cut: at, open };
    if (length > 0) spans.push([at, at + length]);
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      spans.push([at, text.length]);
      return { spans, cut: Math.max(at, text.length - secrets.longest + 1), open: null };
    }
  }
  return { spans, cut: text.length, open: null };
}
