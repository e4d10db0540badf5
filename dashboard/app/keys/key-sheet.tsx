import { useState } from 'react';
import { Dialog } from '../ui/dialog.js';
import { Kbd } from '../ui/kbd.js';
import { keys } from './keys.js';
import { singleKeysAreOn, switchSingleKeys } from './single-keys.js';

/** All keys, and the switch for those that are pressed alone. */
export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const [isOn, setOn] = useState(() => singleKeysAreOn(document.cookie));
  const change = (on: boolean) => {
    switchSingleKeys(on);
    setOn(on);
  };
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="mt-3 min-h-0 overflow-y-auto px-5 pb-2 text-sm">
        <Row label="Search or run anything" pressed={['Ctrl', 'K']} />
        {Object.entries(keys).map(([key, label]) => (
          <Row key={key} label={label} pressed={key.split(' ')} isOff={!isOn} />
        ))}
      </dl>
      <label className="flex min-h-11 items-center gap-2.5 border-t border-line px-5 py-3 text-sm">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => change(event.target.checked)}
          className="size-4 accent-[var(--accent-solid)]"
        />
        Keys that are pressed alone, outside of fields
      </label>
    </Dialog>
  );
}

type RowProps = { readonly label: string; readonly pressed: readonly string[]; readonly isOff?: boolean };

const Row = ({ label, pressed, isOff }: RowProps) => (
  <div className="flex h-8 items-center justify-between gap-4">
    <dt className={isOff ? 'text-subtle line-through' : ''}>{label}</dt>
    <dd className="flex gap-1">
      {pressed.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </dd>
  </div>
);
