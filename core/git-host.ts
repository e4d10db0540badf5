/**
 * A host of a URL as programs understand it: lower case, numeric forms spelled out, without a trailing dot. Null when it
 * is none. URLs of schemes that browsers do not know, such as ssh, keep their host as it was typed.
 */
export function canonicalHost(hostname: string): string | null {
  try {
    return new URL(`https://${hostname}`).hostname.replace(/\.+$/, '') || null;
  } catch {
    return null;
  }
}

/** Whether a canonical host is this machine itself. */
export function isLoopback(host: string): boolean {
  return loopbackNames.test(host) || host === '[::1]' || v4Of(host)?.[0] === 127;
}

/** Whether a canonical host is an address that nobody's git host has: "this network", and what only neighbours reach. */
export function isUnroutable(host: string): boolean {
  const [a, b] = v4Of(host) ?? [];
  return a === 0 || (a === 169 && b === 254) || host === '[::]' || /^\[fe[89ab][0-9a-f]:/.test(host);
}

const loopbackNames = /(^|\.)localhost$|^localhost\.localdomain$|^ip6-(localhost|loopback)$/;

/** The bytes of an address of version 4, also of one that is written as an address of version 6. */
function v4Of(host: string): readonly number[] | null {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host.split('.').map(Number);
  const mapped = /^\[::(?:ffff:(?:0:)?)?([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host);
  return mapped && mapped.slice(1).flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}
