/** What one may listen to. An event is a hint to look at the row again; it never carries data. */
export const topics = ['deployment', 'environment', 'project', 'organization', 'route', 'log'] as const;
export type Topic = (typeof topics)[number];
