import { BlockList, isIPv6 } from 'node:net';

/** Where Cloudflare's proxies are, as Cloudflare publishes it. */
const networks = [
  ...['173.245.48.0/20', '103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '141.101.64.0/18', '108.162.192.0/18'],
  ...['190.93.240.0/20', '188.114.96.0/20', '197.234.240.0/22', '198.41.128.0/17', '162.158.0.0/15', '104.16.0.0/13'],
  ...['104.24.0.0/14', '172.64.0.0/13', '131.0.72.0/22'],
  ...['2400:cb00::/32', '2606:4700::/32', '2803:f800::/32', '2405:b500::/32', '2405:8100::/32', '2a06:98c0::/29'],
  '2c0f:f248::/32',
] as const;

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

const proxies = new BlockList();
for (const network of networks) {
  const [address = '', bits] = network.split('/');
  proxies.addSubnet(address, Number(bits), familyOf(address));
}

/** Whether this is a proxy's address, which says nothing of where visitors go from there. */
export function isProxy(address: string): boolean {
  return proxies.check(address, familyOf(address));
}

/** Whether an address is one of these, however each is written. */
export function addressSet(addresses: readonly string[]): (address: string) => boolean {
  const set = new BlockList();
  for (const address of addresses) set.addAddress(address, familyOf(address));
  return (address) => set.check(address, familyOf(address));
}
