import { CircleX, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.js';
import { Details, type DetailsOf } from './details.js';

type Props = {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** A row inside a panel brings no box of its own. */
  readonly row?: boolean;
  readonly tone?: keyof typeof tones;
  readonly details?: DetailsOf;
  readonly className?: string;
};

const tones = {
  bad: { icon: <CircleX size={15} className="text-bad" aria-hidden />, soft: 'bg-bad-soft', role: 'alert' },
  warn: {
    icon: <TriangleAlert size={15} className="text-warn" aria-hidden />,
    soft: 'bg-warn-soft',
    role: 'alert',
  },
  info: { icon: <Info size={15} className="text-info" aria-hidden />, soft: 'bg-info-soft', role: 'status' },
} as const;

/** What did or did not happen, why, and one thing to do about it. */
export function Notice({ title, children, action, row, tone = 'bad', details, className }: Props) {
  const { icon, soft, role } = tones[tone];
  return (
    <div
      role={row ? undefined : role}
      className={cx(
        'grid grid-cols-[15px_minmax(0,1fr)] items-start gap-x-3 gap-y-2 px-4 py-3 lg:grid-cols-[15px_minmax(0,1fr)_auto] lg:px-5',
        !row && cx('rounded-lg border border-line', soft),
        className,
      )}
    >
      <span className="flex h-5 items-center">{icon}</span>
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p>
          <span className="font-medium">{title}</span> <span className="text-muted max-lg:block">{children}</span>
        </p>
        {details && <Details {...details} />}
      </div>
      {action && <div className="max-lg:col-start-2 max-lg:w-fit lg:self-center">{action}</div>}
    </div>
  );
}
