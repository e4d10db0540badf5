/**
 * What one may listen to. An event is a hint to look at the row again; it never carries data. `event` is named after a
 * stream of events, the project's id, and after the organization, for all of its streams.
 */
export const topics = [
  'deployment',
  'environment',
  'project',
  'organization',
  'route',
  'certificate',
  'log',
  'event',
] as const;
export type Topic = (typeof topics)[number];
