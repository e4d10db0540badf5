import { memo, type MouseEvent } from 'react';
import { cx } from '../ui/cx.js';
import { span } from '../ui/span.js';
import { clockOf, type Zone } from '../ui/time-format.js';
import { pieces } from './ansi.js';
import type { KnownLine } from './log-store.js';

type Props = {
  readonly line: KnownLine;
  /** What is new from this line on. */
  readonly mark?: string | null;
  readonly start: number;
  readonly zone: Zone;
  readonly wrap: boolean;
  readonly exact: boolean;
  readonly find: string;
  readonly isChosen: boolean;
  readonly onChoose: (sequence: number) => void;
};

/** One line, parsed when it is drawn. */
export const LogRow = memo(function LogRow({ line, mark, start, zone, wrap, exact, find, isChosen, onChoose }: Props) {
  const time = exact ? clockOf(line.at, zone) : span(Date.parse(line.at) - start);
  return (
    <>
      {mark && <Mark>{mark}</Mark>}
      <div
        className={cx('flex border-l-2 pr-4 font-mono text-xs leading-[18px]', tint(line, isChosen))}
        data-sequence={line.sequence}
      >
        <Number sequence={line.sequence} onChoose={onChoose} />
        <span
          className={cx(
            'num shrink-0 text-[var(--ansi-dim)] select-none',
            exact ? 'w-26 max-sm:w-24' : 'w-16 max-sm:hidden',
          )}
        >
          {time}
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
    </>
  );
});

function tint({ level }: KnownLine, isChosen: boolean): string {
  const edge =
    level === 'error'
      ? 'border-bad'
      : level === 'warn'
        ? 'border-warn-fill'
        : 'border-transparent forced-colors:border-[Canvas]';
  const ground = isChosen ? 'bg-[var(--log-chosen-row)]' : level === 'error' ? 'bg-[var(--log-bad-row)]' : '';
  return cx(edge, ground);
}

/** Leads to the line and gives it an address; by key one comes to lines in other ways than through hundreds of links. */
const Number = ({ sequence, onChoose }: { readonly sequence: number; readonly onChoose: Props['onChoose'] }) => (
  <a
    href={`#L${sequence}`}
    tabIndex={-1}
    onClick={(event: MouseEvent) => {
      event.preventDefault();
      onChoose(sequence);
    }}
    className="num min-w-11 shrink-0 pr-3 text-right text-[var(--ansi-dim)] select-none hover:text-log-fg hover:underline max-sm:min-w-9 max-sm:pr-2"
  >
    {sequence}
  </a>
);

const Mark = ({ children }: { readonly children: string }) => (
  <p className="flex items-center gap-3 px-4 py-1.5 text-xs text-subtle">
    <span className="h-px flex-1 bg-line" aria-hidden />
    {children}
    <span className="h-px flex-1 bg-line" aria-hidden />
  </p>
);

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
