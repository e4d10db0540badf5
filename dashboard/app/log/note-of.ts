import type { LogState } from './log-store.js';

const count = new Intl.NumberFormat('en');

/** What the first row says of the lines that should stand above it. */
export function noteOf({ missing, dropped, lost }: LogState, above: 'coming' | 'loading' | 'none'): string | null {
  const gap = lost > 0 ? `${count.format(lost)} lines were lost on their way to the platform.` : '';
  if (missing <= 0) return gap || null;
  return `${earlier(missing, dropped, above)} ${gap}`.trim();
}

function earlier(missing: number, dropped: number, above: 'coming' | 'loading' | 'none'): string {
  if (dropped > 0) return `${count.format(missing)} earlier lines are not shown: a page holds so many, and no more.`;
  if (above === 'loading') return 'Loading earlier lines.';
  if (above === 'coming') return `${count.format(missing)} earlier lines.`;
  return `${count.format(missing)} earlier lines are not kept any more.`;
}
