import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

/** What may lie over a page, one at a time. */
export type Overlay = 'palette' | 'keys';

type Overlays = { readonly open: Overlay | null; readonly show: (overlay: Overlay | null) => void };

const OverlaysContext = createContext<Overlays>({ open: null, show: () => undefined });

export const useOverlays = (): Overlays => useContext(OverlaysContext);

export function OverlaysOver({ children }: { readonly children: ReactNode }) {
  const [open, show] = useState<Overlay | null>(null);
  const value = useMemo(() => ({ open, show }), [open]);
  return <OverlaysContext.Provider value={value}>{children}</OverlaysContext.Provider>;
}
