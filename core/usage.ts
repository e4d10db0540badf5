const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** Usage is kept by the hour in UTC: the beginning of the one that this moment is in. */
export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs);

/** What is sent counts against the pool of the month in UTC in which it was sent. */
export type Period = { readonly start: Date; readonly end: Date };

export const periodOf = (at: Date): Period => {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) };
};

/** At so many percent of its bandwidth an organization is told, once in a period each. */
export const bandwidthWarnings = [80, 100] as const;

/** The highest warning that is due; null below all of them. */
export const warningAt = (bytesOut: number, bandwidthBytes: number): (typeof bandwidthWarnings)[number] | null =>
  bandwidthWarnings.findLast((percent) => bytesOut > 0 && bytesOut * 100 >= bandwidthBytes * percent) ?? null;

/** How usage may be looked at over time. */
export const usageSteps = {
  HOUR: { ms: hourMs, most: 168 },
  DAY: { ms: dayMs, most: 92 },
} as const;

export type UsageStep = keyof typeof usageSteps;

/** The beginnings of so many steps, the one that is under way the last. */
export function stepsUntil(now: Date, step: UsageStep, count: number): readonly Date[] {
  const { ms } = usageSteps[step];
  const last = Math.floor(now.getTime() / ms);
  return Array.from({ length: count }, (_, i) => new Date((last - count + 1 + i) * ms));
}

/** So long hours are kept one by one; by month usage is kept for good. */
export const keepsHoursMs = (usageSteps.DAY.most + 1) * dayMs;
