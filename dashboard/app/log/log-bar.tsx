import { Download, Search, TriangleAlert, Unplug, WrapText } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Copy } from '../ui/copy.js';
import { cx } from '../ui/cx.js';

type Props = {
  readonly find: string;
  readonly setFind: (find: string) => void;
  readonly warned: boolean;
  readonly setWarned: (warned: boolean) => void;
  readonly wrap: boolean;
  readonly setWrap: (wrap: boolean) => void;
  readonly warnings: number;
  readonly name: string;
  readonly isLost: boolean;
  /** All lines, without colours. */
  readonly text: () => string;
};

/** What can be done with a log, and whether it is heard. */
export function LogBar({ find, setFind, warned, setWarned, wrap, setWrap, warnings, name, isLost, text }: Props) {
  return (
    <div className="flex items-center gap-1.5 border-b border-line px-2 py-1.5 lg:px-3">
      <label className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-subtle focus-within:ring-2 focus-within:ring-focus lg:max-w-72 coarse:h-11">
        <Search size={14} aria-hidden />
        <input
          value={find}
          onChange={(event) => setFind(event.target.value)}
          placeholder="Find in log"
          aria-label="Find in log"
          className="min-w-0 flex-1 bg-transparent text-sm text-fg outline-none placeholder:text-subtle max-lg:text-[16px]"
        />
      </label>
      <button
        type="button"
        aria-pressed={warned}
        onClick={() => setWarned(!warned)}
        className={cx(
          'num inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-sm whitespace-nowrap coarse:h-11',
          warned ? 'bg-warn-soft font-medium text-warn' : 'text-muted hover:bg-hover',
        )}
      >
        <TriangleAlert size={14} className="text-warn-fill" aria-hidden />
        {warnings} {warnings === 1 ? 'warning' : 'warnings'}
      </button>
      <span className="flex-1 max-lg:hidden" />
      <span role="status" className="text-sm whitespace-nowrap text-warn">
        {isLost && (
          <span className="inline-flex items-center gap-1.5">
            <Unplug size={14} aria-hidden />
            Reconnecting
          </span>
        )}
      </span>
      <Button
        kind="quiet"
        small
        icon={WrapText}
        aria-label="Wrap long lines"
        aria-pressed={wrap}
        className={cx(wrap && 'bg-hover text-fg', 'max-sm:hidden')}
        onClick={() => setWrap(!wrap)}
      />
      <Copy label="Copy log" text={text} className="max-sm:hidden" />
      <Button
        kind="quiet"
        small
        icon={Download}
        aria-label="Download log"
        onClick={() => download(`${name}.txt`, text())}
      />
    </div>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  Object.assign(document.createElement('a'), { href: url, download: name.toLowerCase().replace(/\s+/g, '-') }).click();
  URL.revokeObjectURL(url);
}
