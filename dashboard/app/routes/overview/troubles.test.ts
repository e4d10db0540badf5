import { expect, test } from 'vitest';
import { titleOfDown, troublesOf } from './troubles.js';

const aProject = (slug: string, observedState: string, latest: string, more: object = {}) => ({
  ...{ slug, state: 'ACTIVE', recentDeployments: [{ status: latest }] },
  productionEnvironment: {
    ...{ desiredState: 'RUNNING', observedState, stateReason: observedState === 'RUNNING' ? null : 'It ended.' },
    liveDeployment: { number: 12 },
    ...more,
  },
});
const told = (...projects: readonly ReturnType<typeof aProject>[]) =>
  troublesOf(projects).map(({ kind, row }) => [kind, row.slug]);

test('who is down comes first, also where its latest deployment failed', () => {
  expect(
    told(
      aProject('web', 'RUNNING', 'FAILED'),
      aProject('api', 'CRASHED', 'READY'),
      aProject('job', 'STOPPED', 'FAILED'),
    ),
  ).toEqual([
    ['DOWN', 'api'],
    ['DOWN', 'job'],
    ['FAILED', 'web'],
    ['FAILED', 'job'],
  ]);
});

test('what somebody stopped, what sleeps, what starts and what is deleted is no trouble', () => {
  expect(
    told(
      aProject('stopped', 'STOPPED', 'READY', { desiredState: 'STOPPED' }),
      aProject('asleep', 'DEEP_SLEEP', 'READY'),
      aProject('starting', 'STOPPED', 'READY', { stateReason: null }),
      aProject('new', 'STOPPED', 'QUEUED', { liveDeployment: null }),
      { ...aProject('gone', 'CRASHED', 'FAILED'), state: 'DELETING' },
    ),
  ).toEqual([]);
});

test('what is down is told with the deployment that is', () => {
  expect(titleOfDown(aProject('api', 'CRASHED', 'READY'))).toBe('api: 12 ends again and again, and nobody is served.');
  expect(titleOfDown(aProject('api', 'STOPPED', 'READY'))).toBe('api: 12 ended, and nobody is served.');
});
