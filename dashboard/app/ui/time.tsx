import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { agoOf, exactOf } from './time-format.js';
import { Tooltip } from './tooltip.js';
import { useZone } from './zone.js';

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

/** How long ago, in words; the exact time for who points at it or comes to it by key. */
export function Time({ at }: { readonly at: string }) {
  const now = useNow();
  const zone = useZone();
  return (
    <Tooltip text={exactOf(at, zone)} describes>
      <time dateTime={at} tabIndex={0}>
        {agoOf(at, now, zone)}
      </time>
    </Tooltip>
  );
}
