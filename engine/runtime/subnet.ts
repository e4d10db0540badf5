/** A block of IPv4 addresses: its first, and how many. */
type Block = { readonly first: number; readonly size: number };

/**
 * A block of `range` with this prefix length that overlaps none of `taken`, sought from where `seed` points, so that two who
 * seek at once rarely meet. Null when all are taken. Texts that are not IPv4 blocks are passed over.
 */
export function freeSubnet(range: string, prefix: number, taken: Iterable<string>, seed: number): string | null {
  const whole = parseBlock(range);
  if (!whole) throw new Error(`Not a range of IPv4 addresses: ${JSON.stringify(range)}`);
  const size = 2 ** (32 - prefix);
  const count = Math.floor(whole.size / size);
  const others = [...taken].map(parseBlock).filter((block) => block !== null && overlap(block, whole)) as Block[];
  for (let step = 0; step < count; step += 1) {
    const candidate = { first: whole.first + ((seed + step) % count) * size, size };
    if (!others.some((other) => overlap(other, candidate))) return `${dotted(candidate.first)}/${prefix}`;
  }
  return null;
}

/** Destinations in the text of /proc/net/route, less the default route. */
export function routedSubnets(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter(([, , , , , , , mask]) => mask !== undefined && mask !== '00000000')
    .map(
      ([, destination = '', , , , , , mask = '']) => `${dotted(littleEndian(destination))}/${ones(littleEndian(mask))}`,
    );
}

function parseBlock(text: string): Block | null {
  const [, a, b, c, d, prefix] = (/^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || prefix === undefined) return null;
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: address - (address % size), size };
}

function overlap(one: Block, other: Block): boolean {
  return one.first < other.first + other.size && other.first < one.first + one.size;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function littleEndian(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE();
}

function ones(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
