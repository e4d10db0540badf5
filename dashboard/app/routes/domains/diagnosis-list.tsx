import type { Domain } from '@apployd/sdk';
import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react';

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
  RATE_BUDGET: 'Limits',
};

/** What was looked at, one thing after the other. */
export const DiagnosisList = ({ diagnosis }: { readonly diagnosis: Domain['diagnosis'] }) => (
  <details className="border-t border-line">
    <summary className="cursor-pointer px-4 py-2.5 text-sm text-muted coarse:py-3.5 lg:px-5">What was checked</summary>
    <ul className="divide-y divide-line border-t border-line">
      {diagnosis.map(({ name, result, finding }) => {
        const { icon: Icon, tone, word } = looks[result as keyof typeof looks] ?? looks.UNKNOWN;
        return (
          <li key={name} className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 px-4 py-2.5 text-sm lg:px-5">
            <span className="flex items-center gap-1.5 self-start font-medium">
              <Icon size={15} className={tone} aria-hidden />
              <span className="sr-only">{word}</span>
              {names[name] ?? name}
            </span>
            <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{finding}</span>
          </li>
        );
      })}
    </ul>
  </details>
);
