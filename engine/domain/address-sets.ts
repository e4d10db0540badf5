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

const proxies = subnets(networks);

function subnets(all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of all) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

/** Whether this is a proxy's address, which says nothing of where visitors go from there. */
export function isProxy(address: string): boolean {
  return proxies.check(address, familyOf(address));
}

/** Not for the public internet, as IANA's registries of special addresses have it, and groups. */
const special = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
] as const;

const specials = subnets(special);
/** All else of IPv6 is no address of one machine on the internet, or holds one of IPv4 in it. */
const globals = subnets(['2000::/3']);

/** Whether an address is one of the public internet. */
export function isPublic(address: string): boolean {
  const family = familyOf(address);
  return !specials.check(address, family) && (family === 'ipv4' || globals.check(address, family));
}

/** Whether an address is one of these, however each is written. */
export function addressSet(addresses: readonly string[]): (address: string) => boolean {
  const set = new BlockList();
  for (const address of addresses) set.addAddress(address, familyOf(address));
  return (address) => set.check(address, familyOf(address));
}
