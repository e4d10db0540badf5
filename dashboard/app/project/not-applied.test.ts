import { expect, test } from 'vitest';
import { notApplied } from './not-applied.js';
import type { Project } from './shown.js';

const variable = (key: string, updatedAt: string) => ({ key, updatedAt });

const project = (liveId: string | null) =>
  ({
    environment: {
      liveDeployment: liveId && { id: liveId },
      variables: [variable('OLD', '2026-01-01T10:00:00.000Z'), variable('NEW', '2026-01-01T12:00:01.000Z')],
      deployments: { nodes: [{ id: 'dpl_2', startedAt: '2026-01-01T12:00:00.000Z' }] },
    },
  }) as unknown as Project;

test('variables that changed after the live deployment took them are told', () => {
  expect(notApplied(project('dpl_2'), false)).toEqual(['NEW']);
});

test('nothing is told while a deployment that will take them is on its way, or where nothing serves', () => {
  expect(notApplied(project('dpl_2'), true)).toEqual([]);
  expect(notApplied(project(null), false)).toEqual([]);
});
