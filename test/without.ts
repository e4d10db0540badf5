/** What a suite may need beside Node and the embedded PostgreSQL. */
export const suites = ['docker', 'redis', 'nginx', 'pebble', 'postgres-tools', 'browser', 'install'] as const;
export type Suite = (typeof suites)[number];

/** Suites that have no tests yet: a host is prepared for them, a test run does not wait for that. */
export const comingSuites: readonly Suite[] = ['postgres-tools'];

/**
 * Whether this run was asked to leave a suite out: `describe.skipIf(isLeftOut('docker'))(…)`.
 * A suite that was not left out and cannot run has to fail, never to skip itself.
 */
export const isLeftOut = (suite: Suite): boolean => (process.env.APPLOYD_TEST_WITHOUT ?? '').split(',').includes(suite);

/** Reads `docker,browser`; an unknown name is refused rather than ignored. */
export function readSuites(list: string): readonly Suite[] {
  const names = list.split(',').filter(Boolean);
  const unknown = names.find((name) => !suites.some((suite) => suite === name));
  if (unknown) throw new Error(`There is no suite "${unknown}". Suites that can be left out: ${suites.join(', ')}.`);
  return suites.filter((suite) => names.includes(suite));
}
