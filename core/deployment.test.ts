import { expect, test } from 'vitest';
import { activeStatuses, deploymentStatuses, isFinal, mayFollow, precursors } from './deployment.js';

const allowed = [
  'QUEUED>BUILDING',
  'QUEUED>DEPLOYING',
  'QUEUED>FAILED',
  'QUEUED>CANCELED',
  'QUEUED>SUPERSEDED',
  'BUILDING>BUILDING',
  'BUILDING>DEPLOYING',
  'BUILDING>FAILED',
  'BUILDING>CANCELED',
  'BUILDING>SUPERSEDED',
  'DEPLOYING>DEPLOYING',
  'DEPLOYING>READY',
  'DEPLOYING>FAILED',
  'DEPLOYING>CANCELED',
  'DEPLOYING>SUPERSEDED',
];

test.each(deploymentStatuses.flatMap((from) => deploymentStatuses.map((to) => [from, to] as const)))(
  'from %s to %s is as the table says',
  (from, to) => {
    expect(mayFollow(from, to)).toBe(allowed.includes(`${from}>${to}`));
    expect(precursors(to).includes(from)).toBe(allowed.includes(`${from}>${to}`));
  },
);

test('a final status is never left', () => {
  expect(deploymentStatuses.filter(isFinal)).toEqual(['READY', 'FAILED', 'CANCELED', 'SUPERSEDED']);
  expect(activeStatuses).toEqual(['QUEUED', 'BUILDING', 'DEPLOYING']);
});
