/** The cookies of a request's header, by name. */
export function parse(header: string | null): Readonly<Record<string, string>> {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}
