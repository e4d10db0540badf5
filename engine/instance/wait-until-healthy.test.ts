import { expect, test } from 'vitest';
import { projectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import type { RunningInstance } from './start-release.js';
import { waitUntilHealthy } from './wait-until-healthy.js';

const settings = projectSettings.parse({
  ...{ healthCheckKind: 'COMMAND', healthCheckCommand: ['is-well'] },
  ...{ healthCheckTimeoutMs: 3_000, healthCheckAnswerMs: 1_000 },
});
const instance = { host: '127.0.0.1', port: 1, handle: 'it' } as RunningInstance;

/** An app that is well after so much time in which the engine was awake, and an engine that can stand still. */
function world({ wellAfterMs = Infinity, checkMs = 0 }) {
  let [at, awakeMs] = [0, 0];
  let stall = { in: 'nothing', ms: 0 };
  const pass = (what: 'pause' | 'check', ms: number) => {
    awakeMs += ms;
    at += ms;
    if (stall.in !== what) return;
    at += stall.ms;
    stall = { in: 'nothing', ms: 0 };
  };
  const engine = {
    clock: { now: () => new Date(at), sleep: async (ms: number) => pass('pause', ms) },
    runtime: {
      isolatesNetwork: true,
      inspect: async () => ({ state: 'running', listening: null }),
      execute: async () => {
        const isWell = awakeMs >= wellAfterMs;
        pass('check', checkMs);
        return { exitCode: isWell ? 0 : 1, output: '' };
      },
    },
  } as unknown as Engine;
  return {
    wait: () => waitUntilHealthy(engine, instance, settings, 'shop.localhost', new AbortController().signal),
    standStill: (during: 'pause' | 'check', ms: number) => (stall = { in: during, ms }),
    awakeMs: () => awakeMs,
  };
}

test.each(['pause', 'check'] as const)('what the engine stands still in a %s is not the app’s', async (during) => {
  const { wait, standStill } = world({ wellAfterMs: 2_000, checkMs: during === 'check' ? 1_000 : 0 });
  standStill(during, 60_000);
  await wait();
});

test('who stands still waits no longer for an app that does not get well', async () => {
  const { wait, standStill, awakeMs } = world({});
  standStill('pause', 60_000);
  await expect(wait()).rejects.toMatchObject({ code: 'HEALTH_CHECK_TIMEOUT' });
  expect(awakeMs()).toBeGreaterThanOrEqual(3_000);
  // The last pause has begun in time.
  expect(awakeMs()).toBeLessThan(5_000);
});

test('the time of checks that are answered late is the app’s', async () => {
  const { wait, awakeMs } = world({ checkMs: 1_000 });
  await expect(wait()).rejects.toMatchObject({ code: 'HEALTH_CHECK_TIMEOUT' });
  expect(awakeMs()).toBeLessThan(5_000);
});
