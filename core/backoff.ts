/** How long to wait before attempt `attempt` (1, 2, 3 …): doubling from `firstMs` up to `mostMs`, half of it random. */
export function backoffMs(
  attempt: number,
  firstMs: number,
  mostMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(mostMs, firstMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}
