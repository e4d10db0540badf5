import {
  Clock,
  Copy as CopyIcon,
  Download,
  Ellipsis,
  Radio,
  Search,
  TriangleAlert,
  Unplug,
  WrapText,
} from 'lucide-react';
import type { RefObject } from 'react';
import { useHearing } from '../apollo/use-hearing.js';
import { Button } from '../ui/button.js';
import { Copy } from '../ui/copy.js';
import { cx } from '../ui/cx.js';
import { Menu } from '../ui/menu.js';
import { Tooltip } from '../ui/tooltip.js';
import type { LogState } from './log-store.js';
import { download, textOf } from './save-log.js';
import type { Controls } from './use-controls.js';

type Props = {
  readonly log: LogState;
  readonly controls: Controls;
  readonly name: string;
  readonly field: RefObject<HTMLInputElement>;
};

/** What can be done with a log, and whether it is heard. */
export function LogBar({ log, controls, name, field }: Props) {
  const { find, onlyWarnings, wrap, exact, set } = controls;
  const text = () => textOf(log.lines);
  return (
    <div className="flex items-center gap-1.5 border-b border-line px-2 py-1.5 lg:px-3">
      <label className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-subtle focus-within:ring-2 focus-within:ring-focus lg:max-w-72 coarse:h-11">
        <Search size={14} className="shrink-0" aria-hidden />
        <input
          ref={field}
          value={find}
          onChange={(event) => set({ find: event.target.value })}
          onKeyDown={(event) => event.key === 'Escape' && set({ find: '' })}
          placeholder="Find in log"
          aria-label="Find in log"
          className="min-w-0 flex-1 bg-transparent text-sm text-fg outline-none placeholder:text-subtle max-lg:text-[16px]"
        />
      </label>
      <button
        type="button"
        aria-pressed={onlyWarnings}
        onClick={() => set({ onlyWarnings: !onlyWarnings })}
        className={cx(
          'num inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-sm whitespace-nowrap coarse:h-11',
          onlyWarnings ? 'bg-warn-soft font-medium text-warn' : 'text-muted hover:bg-hover',
        )}
      >
        <TriangleAlert size={14} className={cx(!onlyWarnings && 'text-warn-fill')} aria-hidden />
        {log.warnings} {log.warnings === 1 ? 'warning' : 'warnings'}
      </button>
      <span className="flex-1 max-lg:hidden" />
      <Heard isOver={log.isOver} />
      <span className="flex gap-1.5 max-sm:hidden">
        <Toggle label="Exact times" icon={Clock} isOn={exact} onChange={() => set({ exact: !exact })} />
        <Toggle label="Wrap long lines" icon={WrapText} isOn={wrap} onChange={() => set({ wrap: !wrap })} />
        <Tooltip text="Copy log">
          <Copy label="Copy log" text={text} />
        </Tooltip>
        <Tooltip text="Download log">
          <Button kind="quiet" small icon={Download} aria-label="Download log" onClick={() => download(name, text())} />
        </Tooltip>
      </span>
      <Menu
        label="Log"
        align="end"
        className="sm:hidden"
        groups={[
          {
            items: [
              { label: 'Wrap long lines', icon: WrapText, isCurrent: wrap, onSelect: () => set({ wrap: !wrap }) },
              { label: 'Exact times', icon: Clock, isCurrent: exact, onSelect: () => set({ exact: !exact }) },
            ],
          },
          {
            items: [
              { label: 'Copy log', icon: CopyIcon, onSelect: () => void navigator.clipboard?.writeText(text()) },
              { label: 'Download log', icon: Download, onSelect: () => download(name, text()) },
            ],
          },
        ]}
      >
        {(trigger) => <Button kind="quiet" small icon={Ellipsis} aria-label="More" {...trigger} />}
      </Menu>
    </div>
  );
}

type ToggleProps = {
  readonly label: string;
  readonly icon: typeof Clock;
  readonly isOn: boolean;
  readonly onChange: () => void;
};

const Toggle = ({ label, icon, isOn, onChange }: ToggleProps) => (
  <Tooltip text={label}>
    <Button
      kind="quiet"
      small
      icon={icon}
      aria-label={label}
      aria-pressed={isOn}
      className={cx(isOn && 'bg-hover text-fg')}
      onClick={onChange}
    />
  </Tooltip>
);

/** Whether lines can still come. One that stands still for want of a connection does not do so in silence. */
function Heard({ isOver }: { readonly isOver: boolean }) {
  const hearing = useHearing();
  if (isOver || hearing === 'idle') return null;
  // The bar above the page speaks it.
  return hearing === 'lost' ? (
    <span className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-warn">
      <Unplug size={14} aria-hidden />
      Reconnecting
    </span>
  ) : (
    <span className="inline-flex items-center gap-1.5 px-1 text-sm whitespace-nowrap text-ok max-sm:hidden">
      <Radio size={14} aria-hidden />
      Live
    </span>
  );
}
