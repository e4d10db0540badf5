import type { HostRedirect } from './edge-settings.js';

/** The name that visitors of this one are sent to, if it leads to the same environment; null: they stay. */
export function otherHost(rule: HostRedirect, hostname: string): string | null {
  const isWww = hostname.startsWith('www.');
  if (rule === 'TO_APEX' && isWww) return hostname.slice(4);
  return rule === 'TO_WWW' && !isWww ? `www.${hostname}` : null;
}
