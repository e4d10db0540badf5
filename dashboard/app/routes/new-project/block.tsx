import { type ReactNode, useEffect, useState } from 'react';
import { Panel } from '../../ui/panel.js';

type Props = {
  readonly title: string;
  readonly number: number;
  /** What it holds, in one line: all that is seen of it when it is folded. */
  readonly summary: string;
  readonly startsOpen?: boolean;
  /** Something in it must be seen to. */
  readonly isWrong?: boolean;
  readonly children: ReactNode;
};

/** A part of the page that folds to one line when it is right. */
export function Block({ title, number, summary, startsOpen = false, isWrong = false, children }: Props) {
  const [isOpen, setOpen] = useState(startsOpen || isWrong);
  useEffect(() => {
    if (isWrong) setOpen(true);
  }, [isWrong]);
  return (
    <Panel>
      <details
        open={isOpen}
        onToggle={(event) => setOpen(event.currentTarget.open)}
        // The browser cannot show what is missing in what is folded.
        onInvalidCapture={() => setOpen(true)}
        className="group"
      >
        <summary className="flex cursor-pointer list-none items-baseline gap-3 rounded-lg p-4 lg:px-5 [&::-webkit-details-marker]:hidden">
          <h2 className="flex shrink-0 items-baseline gap-2.5 font-semibold">
            <span className="num text-subtle" aria-hidden>
              {number}
            </span>
            {title}
          </h2>
          <span className="num min-w-0 flex-1 truncate text-right text-sm text-muted">{summary}</span>
          <span className="shrink-0 text-sm font-medium text-accent group-open:hidden" aria-hidden>
            Change
          </span>
          <span className="hidden shrink-0 text-sm font-medium text-accent group-open:inline" aria-hidden>
            Fold
          </span>
        </summary>
        <div className="px-4 pb-4 lg:px-5 lg:pb-5">{children}</div>
      </details>
    </Panel>
  );
}
