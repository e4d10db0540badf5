/** What a key does, by the name that `useKey` knows it by. */
export const keys = {
  '?': 'Show all keys',
  '/': 'Find',
  c: 'New project',
  'g p': 'Go to the projects',
  'g o': 'Go to the pool',
  'g l': 'Go to the logs of this project',
  'g d': 'Go to the deployments of this project',
  '[': 'Previous deployment',
  ']': 'Next deployment',
  e: 'Next warning of a log',
  f: 'Follow a log to its end',
} as const;

export type KeyName = keyof typeof keys;
