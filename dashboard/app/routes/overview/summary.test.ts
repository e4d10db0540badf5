import { expect, test } from 'vitest';
import { summaryOf } from './summary.js';

const aProject = (observedState: string, latest: string | null, isLive = true, state = 'ACTIVE') => ({
  state,
  productionEnvironment: { observedState, liveDeployment: isLive ? {} : null },
  recentDeployments: latest ? [{ status: latest, environment: { kind: 'PRODUCTION' } }] : [],
});

test('who serves is counted among those that serve, whatever came of its latest deployment', () => {
  const projects = [
    aProject('RUNNING', 'READY'),
    aProject('RUNNING', 'READY'),
    aProject('RUNNING', 'FAILED'),
    aProject('RUNNING', 'FAILED'),
    aProject('RUNNING', 'BUILDING'),
    aProject('LIGHT_SLEEP', 'READY'),
  ];
  expect(summaryOf(projects)).toBe('5 serving, 1 asleep; 1 under way, 2 failed');
});

test('what is down is counted as that, also when its latest deployment failed', () => {
  expect(summaryOf([aProject('CRASHED', 'FAILED'), aProject('STOPPED', 'READY')])).toBe(
    '1 crashed, 1 stopped; 1 failed',
  );
});

test('what was never live, and what is being deleted, serves nobody', () => {
  expect(summaryOf([])).toBe('Nothing runs yet');
  expect(summaryOf([aProject('STOPPED', null, false), aProject('RUNNING', 'READY', true, 'DELETING')])).toBe(
    'Nothing runs yet',
  );
  expect(summaryOf([aProject('STOPPED', 'QUEUED', false)])).toBe('1 under way');
});
