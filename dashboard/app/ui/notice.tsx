import { CircleX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.js';

type Props = {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly icon?: ReactNode;
  /** A row inside a panel brings no box of its own. */
  readonly row?: boolean;
  readonly tone?: 'bad' | 'warn';
};

/** What did not happen, why, and one thing to do about it. */
export function Notice({ title, children, action, icon, row, tone = 'bad' }: Props) {
  const own =
    tone === 'bad' ? (
      <CircleX size={15} className="text-bad-fill" aria-hidden />
    ) : (
      <TriangleAlert size={15} className="text-warn-fill" aria-hidden />
    );
  return (
    <div
      role={row ? undefined : 'alert'}
      className={cx(
        'grid grid-cols-[15px_minmax(0,1fr)] items-start gap-x-3 gap-y-2 px-4 py-3 lg:grid-cols-[15px_minmax(0,1fr)_auto] lg:items-center lg:px-5',
        !row && cx('rounded-lg border border-line', tone === 'bad' ? 'bg-bad-soft' : 'bg-warn-soft'),
      )}
    >
      <span className="flex h-5 items-center">{icon ?? own}</span>
      <p className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium">{title}</span> <span className="text-muted max-lg:block">{children}</span>
      </p>
      {action && <div className="max-lg:col-start-2 max-lg:w-fit">{action}</div>}
    </div>
  );
}
