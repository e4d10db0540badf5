import type { ReactNode } from 'react';
import { later } from './later.js';

export type DialogProps = {
  readonly title: string;
  /** One sentence below the title. */
  readonly text?: ReactNode;
  /** What brings its own title to see: the dialog is only named by it. */
  readonly isBare?: boolean;
  readonly className?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A window over the page. While it is open only it can be used; when it closes the focus goes back to where it was. */
export const Dialog = later<DialogProps>(() => import('./dialog-panel.js').then(({ DialogPanel }) => DialogPanel));
