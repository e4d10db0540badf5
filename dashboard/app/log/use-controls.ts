import { useSearchParams } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { keepInAddress } from '../ui/address.js';

/** How a log is looked at. What is found in it is in the address, so that it can be shown to somebody. */
export type Controls = {
  readonly find: string;
  readonly onlyWarnings: boolean;
  readonly wrap: boolean;
  /** The time of day with milliseconds, rather than the time since the first line. */
  readonly exact: boolean;
  readonly set: (change: Partial<Omit<Controls, 'set'>>) => void;
};

const narrow = '(max-width: 640px)';

export function useControls(isExact: boolean): Controls {
  const [search] = useSearchParams();
  const find = search.get('find') ?? '';
  const onlyWarnings = search.get('only') === 'warnings';
  const [state, setState] = useState({ find, onlyWarnings, wrap: false, exact: isExact });
  const set: Controls['set'] = (change) => {
    setState((before) => ({ ...before, ...change }));
    if (change.find !== undefined) keepInAddress('find', change.find);
    if (change.onlyWarnings !== undefined) keepInAddress('only', change.onlyWarnings ? 'warnings' : null);
  };
  // Long lines wrap where there is no room.
  useEffect(() => setState((before) => ({ ...before, wrap: matchMedia(narrow).matches })), []);
  // Somebody follows a link to the page that is open.
  useEffect(() => setState((before) => ({ ...before, find, onlyWarnings })), [find, onlyWarnings]);
  return { ...state, set };
}
