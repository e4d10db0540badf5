import type { ReactNode } from 'react';
import { KeySheet } from '../keys/key-sheet.js';
import { Palette } from '../palette/palette.js';
import { Announcer } from './announcer.js';
import { BottomBar } from './bottom-bar.js';
import { OverlaysOver, useOverlays } from './overlays.js';
import { Progress } from './progress.js';
import { Sidebar } from './sidebar.js';
import { SignOutForm } from './sign-out.js';
import { TopBar } from './top-bar.js';
import { useShellKeys } from './use-shell-keys.js';

/** Around every page of an organization: where one is, what else there is, and what can be called from anywhere. */
export const Shell = ({ children }: { readonly children: ReactNode }) => (
  <OverlaysOver>
    <div className="lg:grid lg:grid-cols-[228px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:p-2"
      >
        Skip to content
      </a>
      <Progress />
      <Sidebar />
      <div className="min-w-0">
        <TopBar />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto max-w-[1160px] px-4 pt-5 pb-28 outline-none lg:px-8 lg:pt-7 lg:pb-8"
        >
          {children}
        </main>
      </div>
      <BottomBar />
      <SignOutForm />
      <Announcer />
      <Overlaid />
    </div>
  </OverlaysOver>
);

function Overlaid() {
  const { open, show } = useOverlays();
  useShellKeys();
  const close = () => show(null);
  if (open === 'palette') return <Palette onClose={close} />;
  return open === 'keys' ? <KeySheet onClose={close} /> : null;
}
