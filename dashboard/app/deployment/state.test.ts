import { expect, test } from 'vitest';
import { isInRollout, stateOf } from './state.js';

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
  expect(of('CRASHED', 'QUEUED')).toBe('QUEUED');
  expect(of('STOPPED', 'CANCELED', false)).toBe('CANCELED');
  expect(of('STOPPED', 'FAILED', false)).toBe('FAILED');
});

test('that a deployment failed does not hide that what is live is down', () => {
  expect(of('CRASHED', 'FAILED')).toBe('CRASHED');
  expect(of('STOPPED', 'FAILED')).toBe('STOPPED');
  expect(of('LIGHT_SLEEP', 'FAILED')).toBe('FAILED');
});

test('what happens in another environment says nothing of production', () => {
  expect(of('RUNNING', 'FAILED', true, 'STAGING')).toBe('READY');
  expect(of('STOPPED', 'BUILDING', false, 'STAGING')).toBe('EMPTY');
});

test('a rollout goes on from the beginning of its stage, until it ends or is asked to', () => {
  const stage = { name: 'ROLLOUT', startedAt: '2026-11-27T12:00:00Z', finishedAt: null };
  const deployment = { status: 'DEPLOYING', cancelRequestedAt: null, supersededBy: null, stages: [stage] };
  expect(isInRollout(deployment)).toBe(true);
  for (const changed of [
    { stages: [{ ...stage, startedAt: null }] },
    { stages: [{ ...stage, finishedAt: '2026-11-27T12:30:00Z' }] },
    { stages: [{ ...stage, name: 'SWITCH' }] },
    { status: 'READY' },
    { cancelRequestedAt: '2026-11-27T12:10:00Z' },
    { supersededBy: {} },
  ])
    expect(isInRollout({ ...deployment, ...changed })).toBe(false);
});
