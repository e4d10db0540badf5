const tellsFrom = 80;

/** In words, once an organization has used so much that it is told; null before. */
export function bandwidthUsed(of: {
  readonly bytesOut: number;
  readonly bandwidthBytes: number | null;
}): string | null {
  const { bytesOut, bandwidthBytes } = of;
  if (bandwidthBytes === null || bytesOut === 0) return null;
  const percent = Math.floor((bytesOut / bandwidthBytes) * 100);
  if (percent < tellsFrom) return null;
  return percent >= 100 ? "All of this month's bandwidth is used." : `${percent} % of this month's bandwidth is used.`;
}
