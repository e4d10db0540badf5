import { defineConfig } from 'vitest/config';

const rooms = ['core', 'prisma', 'backplane', 'server', 'engine', 'edge', 'sdk', 'dashboard', 'launch'];
const never = ['**/dist/**', '**/node_modules/**', 'test/lint-fixture/**'];
/** Suites that run containers: networks that come and go make browsers drop requests. */
const withContainers = ['test/system/docker.test.ts', 'test/system/install-*.test.ts'];

export default defineConfig({
  resolve: { conditions: ['source'], alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    projects: [
      ...rooms.map((room) => project(room, [`${room}/**/*.test.ts`], never)),
      // Whole platforms are started, and browsers: when the rooms are done.
      project('test', ['test/**/*.test.ts'], [...never, ...withContainers], { groupOrder: 1 }),
      project('containers', withContainers, never, { groupOrder: 2 }),
    ],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

function project(name: string, include: string[], exclude: string[], { groupOrder = 0 }: { groupOrder?: number } = {}) {
  return { extends: true as const, test: { name, include, exclude, maxWorkers: 2, sequence: { groupOrder } } };
}
