import { parse } from '../api/cookies.js';

const name = 'keys';

/** Keys without Ctrl or ⌘ can be switched off: who speaks to the machine, or leans on it, would press them by accident. */
export const singleKeysAreOn = (cookies: string | null): boolean => parse(cookies)[name] !== 'off';

export function switchSingleKeys(on: boolean): void {
  document.cookie = `${name}=${on ? 'on' : 'off'}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
