import { isIP, isIPv4, isIPv6 } from 'node:net';

/** Whether this says where a name server is: an address, or one with a port behind it. */
export function isResolver(text: string): boolean {
  if (isIP(text) > 0) return true;
  const [, v6 = '', v4 = '', port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  return (isIPv6(v6) || isIPv4(v4)) && Number(port) > 0 && Number(port) < 65_536;
}
