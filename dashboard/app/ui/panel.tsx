import type { ReactNode } from 'react';
import { cx } from './cx.js';

export const Panel = ({ children, className }: { readonly children: ReactNode; readonly className?: string }) => (
  <section className={cx('rounded-lg border border-line bg-surface shadow-1', className)}>{children}</section>
);
