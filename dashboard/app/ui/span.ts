/** How long something took: `0.4s`, then as `span`. */
export const took = (ms: number): string => (ms < 9_950 ? `${(Math.max(0, ms) / 1000).toFixed(1)}s` : span(ms));

/** `26s`, `1m 26s`, `2h 03m`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3_600)}h ${two(Math.floor((seconds % 3_600) / 60))}m`;
}

const two = (n: number) => String(n).padStart(2, '0');
