/** An IP address in the one spelling in which it is compared: an IPv6 address may be written in many. */
export function plainAddress(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
