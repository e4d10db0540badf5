import type { ReactNode } from 'react';
import { Panel } from '../ui/panel.js';

type SectionProps = { readonly id: string; readonly title: string; readonly children: ReactNode };

/** Settings of one subject. */
export const SettingsSection = ({ id, title, children }: SectionProps) => (
  <Panel className="scroll-mt-16">
    <h2 id={id} className="scroll-mt-16 px-4 pt-4 pb-1 font-semibold lg:px-5">
      {title}
    </h2>
    <div className="divide-y divide-line">{children}</div>
  </Panel>
);

type SettingProps = {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly applies?: 'at once' | 'with the next deployment';
  readonly children?: ReactNode;
};

/** One setting: what it is, when a change of it holds, and what changes it. */
export const Setting = ({ title, hint, applies, children }: SettingProps) => (
  <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3 lg:px-5">
    <div className="min-w-0 flex-1 basis-56">
      <p className="font-medium">{title}</p>
      {(hint || applies) && (
        <p className="mt-0.5 text-sm text-muted">
          {hint} {applies && <span className="text-subtle">Applies {applies}.</span>}
        </p>
      )}
    </div>
    {children}
  </div>
);
