import type { ProjectUsage } from '@apployd/sdk';
import { formatOf } from '../../pool/resources.js';
import { Panel } from '../../ui/panel.js';
import { barsOf, sumOf } from './bars.js';

const format = (bytes: number) => formatOf('bandwidthBytesPerMonth', bytes);

/** What visitors were sent: this month against the slice, and day by day. */
export function Sent({ usage }: { readonly usage: ProjectUsage }) {
  const { bytesOut, bandwidthBytes, series } = usage;
  const sent = sumOf(series);
  return (
    <Panel className="mt-4 p-4 lg:p-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="font-semibold">Bandwidth</h2>
        <p className="num text-sm text-muted">
          <span className="font-semibold text-fg">{format(bytesOut)}</span> sent this month
          {bandwidthBytes !== null && ` of ${format(bandwidthBytes)}`}
        </p>
      </div>
      <div
        role="img"
        aria-label={`Sent in the last ${series.length} days: ${format(sent)}`}
        className="mt-3 flex h-14 items-end gap-[2px] border-b border-line"
      >
        {barsOf(series).map(({ day, bytes, share }) => (
          <span
            key={day}
            title={`${day}: ${format(bytes)}`}
            className="level min-w-0 flex-1 rounded-t-[2px] bg-accent-solid"
            style={{ height: `${share * 100}%` }}
          />
        ))}
      </div>
      <p className="mt-1.5 flex justify-between text-xs text-subtle">
        <span>{series.length} days ago</span>
        <span>Today, in UTC</span>
      </p>
    </Panel>
  );
}
