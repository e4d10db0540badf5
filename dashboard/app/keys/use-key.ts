import { useEffect, useRef } from 'react';
import type { KeyName } from './keys.js';
import { singleKeysAreOn } from './single-keys.js';

type Handler = () => void;

/** The last of them hears a key: a page's own meaning goes before the shell's. */
const listeners = new Map<string, Handler[]>();

/** Runs when the key is pressed outside of any field; null while it means nothing here. */
export function useKey(key: KeyName, handler: Handler | null, from: 'page' | 'shell' = 'page'): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const isHeard = handler !== null;
  useEffect(() => {
    if (!isHeard) return;
    const listener = () => latest.current?.();
    const others = listeners.get(key) ?? [];
    listeners.set(key, from === 'page' ? [...others, listener] : [listener, ...others]);
    return () => void listeners.set(key, listeners.get(key)?.filter((other) => other !== listener) ?? []);
  }, [key, isHeard, from]);
}

const chordMs = 1_500;

/** Listens to the keyboard for all of them; Ctrl K and ⌘K work in fields too. */
export function useKeyboard(onPalette: Handler): void {
  const palette = useRef(onPalette);
  useEffect(() => {
    palette.current = onPalette;
  });
  useEffect(() => {
    let chord = { key: '', at: 0 };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (isPaletteKey(event)) {
        event.preventDefault();
        return palette.current();
      }
      if (!isFree(event)) return;
      const isSecond = chord.key !== '' && event.timeStamp - chord.at < chordMs;
      const handler = listeners.get(isSecond ? `${chord.key} ${event.key}` : event.key)?.at(-1);
      chord = { key: !isSecond && event.key === 'g' ? 'g' : '', at: event.timeStamp };
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

const isPaletteKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) =>
  key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey;

const typed = 'input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]';
const over = '[role=dialog], [role=menu]';

/** Nobody types, nothing lies over the page, and single keys have not been switched off. */
function isFree({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return false;
  if (target instanceof Element && target.closest(typed)) return false;
  return !document.querySelector(over) && singleKeysAreOn(document.cookie);
}
