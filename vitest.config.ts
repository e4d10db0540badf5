import { defineConfig } from 'vitest/config';

const rooms = ['core', 'prisma', 'backplane', 'server', 'engine', 'edge', 'sdk', 'dashboard', 'launch', 'test'];

export default defineConfig({
  resolve: { conditions: ['source'], alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    projects: rooms.map((room) => ({
      extends: true,
      test: {
        name: room,
        include: [`${room}/**/*.test.ts`],
        exclude: ['**/dist/**', '**/node_modules/**', 'test/lint-fixture/**'],
        // The whole-system tests start a platform each: one after the other, and when the rooms are done.
        ...(room === 'test' ? { maxWorkers: 1, sequence: { groupOrder: 1 } } : { maxWorkers: 2 }),
      },
    })),
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
