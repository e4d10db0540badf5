import { memo } from 'react';
import { cx } from '../ui/cx.js';
import { span } from '../ui/time.js';
import { pieces, plain } from './ansi.js';
import type { LogLine } from './log-store.js';

export type Level = 'error' | 'warn' | null;

type Props = { readonly line: LogLine; readonly start: number; readonly wrap: boolean; readonly find: string };

/** One line, parsed when it is drawn. */
export const LogRow = memo(function LogRow({ line, start, wrap, find }: Props) {
  const level = levelOf(line.message);
  return (
    <div
      className={cx(
        'flex border-l-2 pr-4 font-mono text-xs leading-[18px]',
        level === 'error'
          ? 'border-bad bg-[var(--log-bad-row)]'
          : level === 'warn'
            ? 'border-warn-fill'
            : 'border-transparent',
      )}
      data-sequence={line.sequence}
    >
      <span className="num w-11 shrink-0 pr-3 text-right text-[var(--ansi-dim)] select-none max-sm:w-9 max-sm:pr-2">
        {line.sequence}
      </span>
      <span className="num w-16 shrink-0 text-[var(--ansi-dim)] select-none max-sm:hidden">
        {span(Date.parse(line.at) - start)}
      </span>
      <span
        className={cx(
          'min-w-0 flex-1',
          line.source === 'PLATFORM' ? 'text-accent' : 'text-log-fg',
          wrap ? 'whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre',
        )}
      >
        {pieces(line.message).map(({ text, fg, bold, dim }, index) => (
          <span key={index} style={{ color: dim ? 'var(--ansi-dim)' : fg, fontWeight: bold ? 600 : undefined }}>
            {marked(text, find)}
          </span>
        ))}
      </span>
    </div>
  );
});

/** What a line says about itself; tools agree on the words, if on nothing else. */
export function levelOf(message: string): Level {
  const text = message.length > 400 ? message.slice(0, 400) : message;
  const words = plain(text);
  if (/(^|[\s[(])(error|err!|fatal|panic|uncaught)\b|\berror:|\bexit code [1-9]/i.test(words)) return 'error';
  return /(^|[\s[(])(warn(ing)?|deprecated)\b/i.test(words) ? 'warn' : null;
}

function marked(text: string, find: string) {
  if (!find) return text;
  const parts = text.split(new RegExp(`(${find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')})`, 'i'));
  return parts.map((part, index) =>
    index % 2 ? (
      <mark key={index} className="rounded-[2px] bg-warn-soft text-warn">
        {part}
      </mark>
    ) : (
      part
    ),
  );
}
