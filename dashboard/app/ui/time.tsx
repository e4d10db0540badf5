import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

/** The server's clock when it made the page: what is drawn first is the same on both sides. */
const Now = createContext(0);

/** Gives the page one clock, which starts to go after hydration. */
export function Clock({ start, children }: { readonly start: number; readonly children: ReactNode }) {
  const [now, setNow] = useState(start);
  useEffect(() => {
    // Durations are measured against the server's times, so this machine's clock may be wrong.
    const offset = start - Date.now();
    const timer = setInterval(() => setNow(Date.now() + offset), 1_000);
    return () => clearInterval(timer);
  }, [start]);
  return <Now.Provider value={now}>{children}</Now.Provider>;
}

/** Milliseconds since 1970, second by second. */
export const useNow = (): number => useContext(Now);

/** How long ago, in words; the exact time on hover. After a week the date. */
export function Time({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exact.format(new Date(at)) + ' UTC'}>
      {ago(Date.parse(at), now)}
    </time>
  );
}

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
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function ago(at: number, now: number): string {
  const age = now - at;
  if (age > 7 * 86_400_000) return date.format(at);
  const [unit, size] = units.find(([, size]) => age >= size) ?? [null, 1];
  return unit ? relative.format(-Math.floor(age / size), unit) : 'just now';
}
