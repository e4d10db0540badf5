import { expect, test } from 'vitest';
import { titleOfFailure } from './title-of-failure.js';

test('what did not go live is told together with who has the visitors', () => {
  const live = { number: 141 };
  expect(titleOfFailure(142, { observedState: 'RUNNING', liveDeployment: live })).toBe(
    '142 did not go live, 141 still serves.',
  );
  expect(titleOfFailure(142, { observedState: 'CRASHED', liveDeployment: live })).toBe(
    '142 did not go live, 141 ends again and again: nobody is served.',
  );
  expect(titleOfFailure(142, { observedState: 'STOPPED', liveDeployment: live })).toBe(
    '142 did not go live, 141 is stopped: nobody is served.',
  );
  expect(titleOfFailure(142, { observedState: 'STOPPED', liveDeployment: null })).toBe('142 did not go live.');
});
