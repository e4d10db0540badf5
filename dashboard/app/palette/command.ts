import type { LucideIcon } from 'lucide-react';

export const groups = ['Recent', 'Jump', 'Do', 'Find in logs', 'Settings'] as const;
export type Group = (typeof groups)[number];

/** Something that the palette offers. */
export type Command = {
  /** The same from visit to visit, for what is recent. */
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** The second line: what it is, or what it will do. */
  readonly hint?: string;
  /** What else it is found by. */
  readonly words?: string;
  readonly icon: LucideIcon;
  /** Not worth a line before somebody types. */
  readonly isDeep?: boolean;
  readonly run: Run;
};

/** It leads somewhere, does something here, or changes what runs. */
export type Run =
  | { readonly to: string }
  | { readonly act: () => void }
  | { readonly submit: Submission; readonly question?: Question };

export type Submission = { readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** Asked once before traffic is touched. */
export type Question = { readonly title: string; readonly text: string; readonly yes: string };
