import { expect, test } from 'vitest';
import { powerOf, servesOf, stillServesOf } from './power.js';

const of = (observedState: string, isLive = true) => ({ observedState, liveDeployment: isLive ? {} : null });

test('what is live serves only while it runs', () => {
  expect(powerOf(of('RUNNING'))).toBe('SERVING');
  expect(powerOf(of('LIGHT_SLEEP'))).toBe('ASLEEP');
  expect(powerOf(of('DEEP_SLEEP'))).toBe('ASLEEP');
  expect(powerOf(of('CRASHED'))).toBe('CRASHED');
  expect(powerOf(of('STOPPED'))).toBe('STOPPED');
  expect(powerOf(of('STOPPED', false))).toBe('EMPTY');
});

test('of what is down nothing says that it serves', () => {
  expect(stillServesOf(of('RUNNING'))).toBe('still serves');
  expect(servesOf(of('RUNNING'))).toBe('serves all traffic');
  for (const down of ['CRASHED', 'STOPPED']) {
    expect(stillServesOf(of(down))).toMatch(/: nobody is served$/);
    expect(servesOf(of(down))).toBe(stillServesOf(of(down)));
  }
  expect(stillServesOf(of('DEEP_SLEEP'))).toBe('sleeps until somebody visits it');
});
