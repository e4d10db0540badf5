import type { Domain } from '@apployd/sdk';
import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react';
import { Value } from './record-row.js';

const looks = {
  PASS: { icon: CircleCheck, tone: 'text-ok', word: 'Well:' },
  WARN: { icon: TriangleAlert, tone: 'text-warn', word: 'Worth a look:' },
  FAIL: { icon: CircleX, tone: 'text-bad', word: 'Wrong:' },
  UNKNOWN: { icon: CircleDashed, tone: 'text-muted', word: 'Not known:' },
} as const;

const names: Readonly<Record<string, string>> = {
  TXT: 'Proof',
  A: 'IPv4',
  AAAA: 'IPv6',
  PROXY: 'Proxy',
  CAA: 'CAA',
  PORT_80: 'Port 80',
  DELEGATION: 'Proof by DNS',
  RATE_BUDGET: 'Limits',
};

type ToDoProps = {
  readonly what: 'Set' | 'Remove';
  readonly about: string;
  readonly record: { readonly type: string; readonly name: string; readonly value: string };
};

/** A record with which it would be well, or without which. */
const ToDo = ({ what, about, record: { type, name, value } }: ToDoProps) => (
  <dl className="col-start-2 mt-1 grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3">
    <dt className="flex min-h-7 items-center text-muted coarse:min-h-11">
      {what} {type}
    </dt>
    <dd>
      <Value label={`${about}: copy the name of the ${type} record to ${what.toLowerCase()}`} text={name} />
    </dd>
    <dt className="flex min-h-7 items-center text-muted coarse:min-h-11">Value</dt>
    <dd>
      <Value label={`${about}: copy the value of the ${type} record to ${what.toLowerCase()}`} text={value} />
    </dd>
  </dl>
);

/** What was looked at, one thing after the other. */
export const DiagnosisList = ({ diagnosis }: { readonly diagnosis: Domain['diagnosis'] }) => (
  <details className="border-t border-line">
    <summary className="cursor-pointer px-4 py-2.5 text-sm text-muted coarse:py-3.5 lg:px-5">What was checked</summary>
    <ul className="divide-y divide-line border-t border-line">
      {diagnosis.map(({ name, result, finding, record, removals }) => {
        const { icon: Icon, tone, word } = looks[result as keyof typeof looks] ?? looks.UNKNOWN;
        return (
          <li key={name} className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 px-4 py-2.5 text-sm lg:px-5">
            <span className="flex items-center gap-1.5 self-start font-medium">
              <Icon size={15} className={tone} aria-hidden />
              <span className="sr-only">{word}</span>
              {names[name] ?? name}
            </span>
            <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{finding}</span>
            {record && <ToDo what="Set" about={names[name] ?? name} record={record} />}
            {removals.map((removal) => (
              <ToDo key={removal.value} what="Remove" about={names[name] ?? name} record={removal} />
            ))}
          </li>
        );
      })}
    </ul>
  </details>
);
