/** Where a connection goes. */
export type Address = { readonly host: string; readonly port: number };

/** Reads `host:port` or `[v6]:port`. */
export function parseAddress(text: string): Address {
  const [, v6, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = v6 ?? name;
  if (!host || Number(port) < 1 || Number(port) > 65_535) throw new Error(`${JSON.stringify(text)} is not host:port.`);
  return { host, port: Number(port) };
}
