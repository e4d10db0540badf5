import type { ReactNode } from 'react';

type Props = {
  readonly name: string;
  readonly title: string;
  readonly isOn: boolean;
  readonly children: ReactNode;
};

export const Switch = ({ name, title, isOn, children }: Props) => (
  <label className="flex items-start gap-2.5 text-sm sm:col-span-2">
    <input
      type="checkbox"
      name={name}
      defaultChecked={isOn}
      className="mt-0.5 size-4 shrink-0 accent-[var(--accent-solid)] coarse:size-6"
    />
    <span>
      <span className="font-medium">{title}</span>
      <span className="block text-muted">{children}</span>
    </span>
  </label>
);
