import { expect, test } from 'vitest';
import { rankOf } from './rank.js';

const aProject = (observedState: string, latest: string, more: object = {}) => ({
  state: 'ACTIVE',
  productionEnvironment: {
    ...{ desiredState: 'RUNNING', observedState, stateReason: null as string | null, liveDeployment: {} },
    ...more,
  },
  recentDeployments: [{ status: latest, environment: { kind: 'PRODUCTION' } }],
});

test('what moves comes first, then what broke, what serves, what sleeps, and what is stopped on purpose', () => {
  const order = [
    aProject('CRASHED', 'BUILDING'),
    aProject('RUNNING', 'FAILED'),
    aProject('RUNNING', 'READY'),
    aProject('LIGHT_SLEEP', 'READY'),
    aProject('STOPPED', 'READY', { desiredState: 'STOPPED' }),
    { ...aProject('CRASHED', 'READY'), state: 'DELETING' },
  ].map(rankOf);
  expect(order).toEqual([...new Set(order)].sort((one, other) => one - other));
});

test('what is down is as urgent as what failed, not as what serves', () => {
  const broken = rankOf(aProject('RUNNING', 'FAILED'));
  expect(rankOf(aProject('CRASHED', 'READY'))).toBe(broken);
  expect(rankOf(aProject('STOPPED', 'READY', { stateReason: 'It ended.' }))).toBe(broken);
});
