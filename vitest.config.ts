import { defineConfig } from 'vitest/config';

/** Their files share the modules that a worker has loaded: reading them anew for each takes longer than most tests. */
const sharing = ['server', 'engine'];
const rooms = ['core', 'prisma', 'backplane', 'edge', 'sdk', 'dashboard', 'launch'];
const never = ['**/dist/**', '**/node_modules/**', 'test/lint-fixture/**'];
/** What puts something else in a module's place would put it there for the files that follow. */
const isolated = ['**/*.isolated.test.ts'];
/** Suites that run containers, never beside those with browsers: networks that come and go make them drop requests. */
const withContainers = ['test/system/docker.test.ts', 'test/system/install-*.test.ts'];

export default defineConfig({
  resolve: { conditions: ['source'], alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    projects: [
      ...rooms.map((room) => project(room, [`${room}/**/*.test.ts`], never)),
      ...sharing.map((room) => project(room, [`${room}/**/*.test.ts`], [...never, ...isolated], { isolate: false })),
      project('isolated', isolated, never),
      project('containers', withContainers, never),
      // Whole platforms are started, and browsers: when the rooms are done.
      project('test', ['test/**/*.test.ts'], [...never, ...withContainers], { groupOrder: 1 }),
    ],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
  },
});

type Options = { readonly groupOrder?: number; readonly isolate?: boolean };

function project(name: string, include: string[], exclude: string[], { groupOrder = 0, isolate = true }: Options = {}) {
  return {
    extends: true as const,
    test: { name, include, exclude, isolate, maxWorkers: 3, sequence: { groupOrder } },
  };
}
