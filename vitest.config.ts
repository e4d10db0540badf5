import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.js';

/** Files of a room share the modules that a worker has loaded: reading them anew for each takes longer than most tests. */
const rooms = ['core', 'prisma', 'backplane', 'server', 'engine', 'edge', 'sdk', 'dashboard', 'launch'];
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
      ...rooms.map((room) => project(room, [`${room}/**/*.test.ts`], [...never, ...isolated], { isolate: false })),
      project('isolated', isolated, never),
      project('containers', withContainers, never),
      // Whole platforms are started, and browsers: when the rooms are done.
      project('test', ['test/**/*.test.ts'], [...never, ...withContainers], { groupOrder: 1 }),
    ],
    sequence: { sequencer: LongFirst },
    globalSetup: ['test/global-setup.ts'],
    // What hangs ends by a deadline of its own, which says what did not come; this is for what has none.
    testTimeout: 90_000,
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 90_000,
  },
});

type Options = { readonly groupOrder?: number; readonly isolate?: boolean };

/** What the rooms' tests wait for, most of all Docker, leaves the processors idle; browsers leave nothing. */
function workersOf(groupOrder: number): number {
  return groupOrder === 0 ? 4 : 3;
}

function project(name: string, include: string[], exclude: string[], { groupOrder = 0, isolate = true }: Options = {}) {
  const maxWorkers = workersOf(groupOrder);
  return {
    extends: true as const,
    test: { name, include, exclude, isolate, maxWorkers, sequence: { groupOrder } },
  };
}
