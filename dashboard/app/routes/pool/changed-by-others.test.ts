import { expect, test } from 'vitest';
import { GiB, MiB } from '../../pool/resources.js';
import { changedByOthers } from './changed-by-others.js';

type Allocations = Parameters<typeof changedByOthers>[0];

const allocation = (slug: string, memoryBytes: number, name: string | null = 'Priya'): Allocations[number] => ({
  id: slug,
  project: { id: slug, slug, name: slug },
  limits: { memoryBytes, cpuMillicores: 500, bandwidthBytesPerMonth: GiB },
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: name === null ? null : { id: name, name },
});

test('who changed which slice to what is named, and nothing else', () => {
  const seen = [allocation('api', GiB), allocation('docs', GiB)];
  expect(changedByOthers(seen, [allocation('api', 1.5 * GiB), allocation('docs', GiB)])).toEqual([
    'Priya changed api to 1.5 GB.',
  ]);
});

test('a project that is new to the pool, and a change of nobody who is known', () => {
  const now = [allocation('api', GiB, null), allocation('shop', 256 * MiB)];
  expect(changedByOthers([allocation('api', 2 * GiB)], now)).toEqual([
    'Somebody changed api to 1 GB.',
    'Priya gave shop 256 MB, 0.5 vCPU, 1 GB.',
  ]);
});
