import type { LogSearch } from '@apployd/sdk';
import { ButtonLink } from '../ui/button.js';
import { cx } from '../ui/cx.js';
import { Panel } from '../ui/panel.js';
import { exactOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';
import { plain } from './ansi.js';

type Props = {
  readonly found: LogSearch;
  /** Where the search goes on. */
  readonly onwards: string;
};

/** The lines that were found, and how far back was searched for them. */
export function SearchResults({ found, onwards }: Props) {
  const zone = useZone();
  const { lines, isComplete, scannedLines } = found;
  return (
    <>
      <p role="status" className="mt-4 text-sm text-muted">
        {told(lines.length)} in {count.format(scannedLines)} lines that were opened.{' '}
        {isComplete ? 'Nothing is left to be searched.' : 'There is more to be searched.'}
      </p>
      {lines.length > 0 && (
        <Panel className="mt-3 overflow-hidden bg-log">
          <ol aria-label="Lines that were found" className="py-2 font-mono text-xs leading-[18px]">
            {lines.map((line) => (
              <li
                key={line.sequence}
                className={cx('flex gap-3 border-l-2 px-4 py-0.5', tints[line.level] ?? tints.INFO)}
              >
                <time dateTime={line.at} className="num shrink-0 text-muted max-sm:hidden">
                  {exactOf(line.at, zone)}
                </time>
                <span className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">{plain(line.message)}</span>
              </li>
            ))}
          </ol>
        </Panel>
      )}
      {!isComplete && (
        <div className="mt-4 flex justify-center">
          <ButtonLink to={onwards}>Search further back</ButtonLink>
        </div>
      )}
    </>
  );
}

const count = new Intl.NumberFormat('en');
const told = (lines: number) => (lines === 0 ? 'Nothing was found' : `${lines} found`);

const tints: Readonly<Record<string, string>> = {
  ERROR: 'border-bad-fill',
  WARN: 'border-warn-fill',
  INFO: 'border-transparent',
};
