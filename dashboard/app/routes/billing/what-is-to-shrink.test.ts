import { expect, test } from 'vitest';
import { GiB } from '../../pool/resources.js';
import { whatIsToShrink } from './what-is-to-shrink.js';

const holding = (projectId: string, gibibytes: number, cpuMillicores = 100) => ({
  projectId,
  limits: { memoryBytes: gibibytes * GiB, cpuMillicores, bandwidthBytesPerMonth: 0 },
});

test('of each resource: how much all are to give up together, and who holds it, the largest first', () => {
  const holdings = [holding('two', 1.5), holding('one', 2.5, 700), holding('three', 0)];
  const violations = [
    { resource: 'MEMORY', projectId: null, requested: 4 * GiB, available: 3 * GiB },
    { resource: 'MEMORY', projectId: 'one', requested: 2.5 * GiB, available: 1.5 * GiB },
    { resource: 'CPU', projectId: 'one', requested: 700, available: 500 },
  ];
  expect(whatIsToShrink({ violations, holdings })).toEqual([
    {
      resource: 'memoryBytes',
      together: '1 GB memory',
      projects: [
        { projectId: 'one', holds: '2.5 GB', most: '1.5 GB' },
        { projectId: 'two', holds: '1.5 GB', most: null },
      ],
    },
    {
      resource: 'cpuMillicores',
      together: null,
      projects: [
        { projectId: 'one', holds: '0.7 vCPU', most: '0.5 vCPU' },
        { projectId: 'two', holds: '0.1 vCPU', most: null },
        { projectId: 'three', holds: '0.1 vCPU', most: null },
      ],
    },
  ]);
});
