import { expect, test } from 'vitest';
import { stateOf } from './state.js';

const of = (observedState: string, latest: string, isLive = true, kind = 'PRODUCTION') =>
  stateOf({
    state: 'ACTIVE',
    productionEnvironment: { observedState, liveDeployment: isLive ? {} : null },
    recentDeployments: [{ status: latest, environment: { kind } }],
  });

test('what is live and does not run is never called ready', () => {
  expect(of('RUNNING', 'READY')).toBe('READY');
  expect(of('STOPPED', 'READY')).toBe('STOPPED');
  expect(of('CRASHED', 'READY')).toBe('CRASHED');
  expect(of('LIGHT_SLEEP', 'READY')).toBe('ASLEEP');
});

test('what happens to the latest deployment goes first', () => {
  expect(of('STOPPED', 'BUILDING')).toBe('BUILDING');
  expect(of('RUNNING', 'FAILED')).toBe('FAILED');
  expect(of('STOPPED', 'CANCELED', false)).toBe('CANCELED');
});

test('what happens in another environment says nothing of production', () => {
  expect(of('RUNNING', 'FAILED', true, 'STAGING')).toBe('READY');
  expect(of('STOPPED', 'BUILDING', false, 'STAGING')).toBe('EMPTY');
});
