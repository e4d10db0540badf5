import { Link } from '@remix-run/react';
import { plain } from '../../log/ansi.js';
import { levelOf } from '../../log/level.js';
import type { LogLine } from '../../log/log-store.js';
import { cx } from '../../ui/cx.js';
import { Panel } from '../../ui/panel.js';
import { clockOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';

type Props = { readonly lines: readonly LogLine[]; readonly base: string };

/** What the app has printed last. */
export function LastLines({ lines, base }: Props) {
  const zone = useZone();
  if (lines.length === 0) return null;
  return (
    <Panel className="mt-4 overflow-hidden">
      <div className="flex items-baseline justify-between gap-4 px-4 pt-4 pb-3 lg:px-5">
        <h2 className="font-semibold">Last lines of the log</h2>
        <Link to={`${base}/logs`} prefetch="intent" className="text-sm font-medium text-accent hover:underline">
          Open logs
        </Link>
      </div>
      <ol
        className="overflow-x-auto border-t border-line bg-log px-4 py-2 font-mono text-xs leading-[18px] text-log-fg lg:px-5"
        tabIndex={0}
        aria-label="Last lines of the log"
      >
        {lines.map((line) => (
          <li key={line.sequence} className="flex gap-4 whitespace-pre">
            <span className="num shrink-0 text-[var(--ansi-dim)] max-sm:hidden">{clockOf(line.at, zone)}</span>
            <span className={cx(levelOf(line.message) === 'error' && 'text-bad')}>{plain(line.message)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
