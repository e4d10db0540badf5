import { setNonce } from 'get-nonce';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { Button } from './button.js';
import { cx } from './cx.js';
import type { DialogProps } from './dialog.js';
import { nonceOfPage } from './nonce.js';

// What holds the page still behind a dialog does it with a style of its own.
setNonce(nonceOfPage());

const place =
  'fixed inset-x-3 bottom-3 z-50 mx-auto flex max-h-[calc(100dvh-24px)] flex-col sm:top-[12dvh] sm:bottom-auto';

export function DialogPanel({ title, text, isBare, className, onClose, children }: DialogProps) {
  // The panel is drawn before it takes the focus.
  const [before] = useState(() => document.activeElement);
  const giveBack = (event: Event) => {
    event.preventDefault();
    if (before instanceof HTMLElement) before.focus();
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <Dialog.Content
          className={cx(place, 'rise floating rounded-xl', className ?? 'max-w-[480px]')}
          onCloseAutoFocus={giveBack}
          {...(text ? {} : { 'aria-describedby': undefined })}
        >
          <header className={cx('flex items-start gap-3 px-5 pt-4.5', isBare && 'sr-only')}>
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-lg font-semibold tracking-tight">{title}</Dialog.Title>
              {text && <Dialog.Description className="mt-1 text-muted">{text}</Dialog.Description>}
            </div>
            {!isBare && <Button kind="quiet" small icon={X} aria-label="Close" className="-mr-1.5" onClick={onClose} />}
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
