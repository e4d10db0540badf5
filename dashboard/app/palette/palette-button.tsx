import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useOverlays } from '../shell/overlays.js';
import { Button } from '../ui/button.js';
import { Kbd } from '../ui/kbd.js';
import { Palette } from './palette.js';

const preload = () => void Palette.preload();

/** Looks like the field that opens. */
export function PaletteBox() {
  const { show } = useOverlays();
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => show('palette')}
      className="mt-3 flex h-8 shrink-0 items-center gap-2 rounded-md border border-line bg-surface px-2 text-sm text-subtle shadow-1 hover:border-line-strong"
    >
      <Search size={14} aria-hidden />
      <span className="flex-1 text-left">Search or run</span>
      <Kbd>{useModifier() + 'K'}</Kbd>
    </button>
  );
}

export function PaletteIcon() {
  const { show } = useOverlays();
  return (
    <Button
      kind="quiet"
      icon={Search}
      aria-label="Search or run"
      aria-haspopup="dialog"
      className="-mr-2 lg:hidden"
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => show('palette')}
    />
  );
}

/** Only the browser knows the keyboard. */
function useModifier(): string {
  const [modifier, setModifier] = useState('Ctrl ');
  useEffect(() => setModifier(/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl '), []);
  return modifier;
}
