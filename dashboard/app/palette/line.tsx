import { Command as Cmdk } from 'cmdk';
import type { LucideIcon } from 'lucide-react';

type Props = {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  readonly icon?: LucideIcon;
  readonly onRun: () => void;
};

/** A line of the palette. */
export const Line = ({ id, title, hint, icon: Icon, onRun }: Props) => (
  <Cmdk.Item
    value={id}
    onSelect={onRun}
    className="flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 data-[selected=true]:bg-hover coarse:min-h-11"
  >
    {Icon && <Icon size={15} className="shrink-0 text-muted" aria-hidden />}
    <span className="min-w-0 flex-1">
      <span className="block truncate">{title}</span>
      {hint && <span className="block truncate text-xs text-subtle">{hint}</span>}
    </span>
  </Cmdk.Item>
);
