import type { DnsRecord } from '@apployd/sdk';
import { CircleCheck, CircleDashed } from 'lucide-react';
import { Copy } from '../../ui/copy.js';

/** A record to paste at the provider, and what was found in its place. */
export function RecordRow({ record: { type, name, value, observed, ok } }: { readonly record: DnsRecord }) {
  const Icon = ok ? CircleCheck : CircleDashed;
  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 gap-y-1 px-4 py-3 text-sm lg:px-5">
      <span className="flex h-7 items-center gap-1.5 font-medium coarse:h-11">
        <Icon size={15} className={ok ? 'text-ok' : 'text-muted'} aria-hidden />
        <span className="sr-only">{ok ? 'Found:' : 'Not found yet:'}</span>
        {type}
      </span>
      <Value label={`Copy the name of the ${type} record`} text={name} />
      <span className="flex h-7 items-center text-muted coarse:h-11">Value</span>
      <Value label={`Copy the value of the ${type} record`} text={value} />
      {!ok && observed.length > 0 && (
        <>
          <span className="text-muted">Found</span>
          <span className="min-w-0 font-mono text-xs leading-5 [overflow-wrap:anywhere] text-muted">
            {observed.join(', ')}
          </span>
        </>
      )}
    </li>
  );
}

/** A name or a value, to be copied. */
export const Value = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <span className="flex min-w-0 items-center gap-2">
    <span className="min-w-0 font-mono text-xs [overflow-wrap:anywhere]">{text}</span>
    <Copy text={() => text} label={label} />
  </span>
);
