/** Usage is kept by the hour in UTC: the beginning of the one that this moment is in. */
export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs);

const hourMs = 60 * 60_000;
