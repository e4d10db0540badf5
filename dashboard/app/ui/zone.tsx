import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { isZone, type Zone } from './time-format.js';

const utc: Zone = { name: 'UTC', isKnown: false };
const ZoneContext = createContext(utc);

export const useZone = (): Zone => useContext(ZoneContext);

export const zoneCookie = 'zone';

/** The zone that the browser has told before. */
export const zoneFrom = (cookie = ''): Zone => (isZone(cookie) ? { name: cookie, isKnown: true } : utc);

/** Times below are written in this zone. Where it is not the browser's, they change once to it, and so does the server. */
export function ZoneOfReader({ known, children }: { readonly known: Zone; readonly children: ReactNode }) {
  const [zone, setZone] = useState(known);
  useEffect(() => {
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (known.isKnown && known.name === name) return;
    document.cookie = `${zoneCookie}=${name}; Path=/; Max-Age=31536000; SameSite=Lax`;
    setZone({ name, isKnown: true });
    // Once: a browser stays where it is.
  }, []);
  return <ZoneContext.Provider value={zone}>{children}</ZoneContext.Provider>;
}
