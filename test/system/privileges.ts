/** What the kernel lets a process do, from the text of its /proc/<pid>/status. */
export type Privileges = {
  readonly isRoot: boolean;
  readonly capabilities: readonly string[];
  /** Programs that it starts cannot have more than it has. */
  readonly gainsNone: boolean;
};

export function privilegesIn(status: string): Privileges {
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
  const bits = BigInt(`0x${field('CapEff')}`);
  const held = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (bits >> BigInt(bit)) & 1n);
  return {
    isRoot: field('Uid') === '0',
    capabilities: held.map((bit) => names[bit] ?? `capability ${bit}`),
    gainsNone: field('NoNewPrivs') === '1',
  };
}

/** Those that a process of ours may have. */
const names: Readonly<Record<number, string>> = {
  1: 'DAC_OVERRIDE',
  10: 'NET_BIND_SERVICE',
  12: 'NET_ADMIN',
  13: 'NET_RAW',
};

/** Nothing at all. */
export const noPrivileges: Privileges = { isRoot: false, capabilities: [], gainsNone: true };
/** To listen on port 80. */
export const edgePrivileges: Privileges = { ...noPrivileges, capabilities: ['NET_BIND_SERVICE'] };
/** To put up a firewall, and to read what the server has received. */
export const enginePrivileges: Privileges = {
  ...noPrivileges,
  isRoot: true,
  capabilities: ['DAC_OVERRIDE', 'NET_ADMIN', 'NET_RAW'],
};
