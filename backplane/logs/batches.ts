const mostLines = 500;
const mostBytes = 256 * 1024;

/** The lines in groups of at most 500, or 256 KiB of messages; a single line may be larger. */
export function batches<Line extends { readonly message: string }>(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  let group: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line.message);
    if (group.length > 0 && (group.length >= mostLines || bytes + size > mostBytes)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(line);
    bytes += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
