import { useEffect } from 'react';
import { toast as show, Toaster } from 'sonner';
import 'sonner/dist/styles.css';
import { listenToToasts, type Toast } from './toast.js';

/** As long as something can be undone. */
const shownMs = 10_000;

export function ToasterPanel() {
  useEffect(() => listenToToasts(say), []);
  return (
    <Toaster
      position="bottom-right"
      duration={shownMs}
      mobileOffset={{ bottom: 'calc(72px + env(safe-area-inset-bottom))', left: 12, right: 12 }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: 'floating flex w-full items-center gap-3 rounded-xl px-4 py-3 text-fg sm:w-[356px]',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          actionButton:
            'inline-flex h-7 shrink-0 items-center rounded-md border border-line-strong bg-surface px-2 text-sm font-medium hover:bg-raised coarse:h-11',
        },
      }}
    />
  );
}

function say({ title, undo }: Toast): void {
  show(title, undo ? { action: { label: 'Undo', onClick: undo } } : { duration: shownMs / 2 });
}
