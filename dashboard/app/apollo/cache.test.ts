import { gql } from '@apollo/client';
import { expect, test } from 'vitest';
import { createCache, further, later, laterServing, newer } from './cache.js';

test('a status never goes back, whatever arrives late', () => {
  expect(later('BUILDING', 'QUEUED')).toBe('BUILDING');
  expect(later('READY', 'DEPLOYING')).toBe('READY');
  expect(later('QUEUED', 'BUILDING')).toBe('BUILDING');
  expect(later('DEPLOYING', 'FAILED')).toBe('FAILED');
  expect(later(undefined, 'QUEUED')).toBe('QUEUED');
});

test('nor does whether it serves', () => {
  expect(laterServing('LIVE', 'NONE')).toBe('LIVE');
  expect(laterServing('STANDBY', 'LIVE')).toBe('STANDBY');
  expect(laterServing('RETIRED', 'STANDBY')).toBe('RETIRED');
  expect(laterServing('NONE', 'LIVE')).toBe('LIVE');
  expect(laterServing(undefined, 'NONE')).toBe('NONE');
});

test('nor do its stages', () => {
  const unreached = { name: 'START', attempts: 0, finishedAt: null };
  const [begun, ended] = [
    { ...unreached, attempts: 1 },
    { ...unreached, attempts: 1, finishedAt: '2026-11-27T12:00:00Z' },
  ];
  const again = { ...begun, attempts: 2 };
  const inOrder = [unreached, begun, ended, again];
  inOrder.forEach((stage, i) => {
    for (const earlier of inOrder.slice(0, i)) {
      expect(further([stage], [earlier])).toEqual([stage]);
      expect(further([earlier], [stage])).toEqual([stage]);
    }
  });
  expect(further(undefined, [begun])).toEqual([begun]);
});

test('nor does its rollout', () => {
  const begun = { step: 0, verdict: null, old: { requests: 0 }, new: { requests: 0 } };
  const answered = { ...begun, old: { requests: 90 }, new: { requests: 10 } };
  const stepped = { ...answered, step: 1 };
  const decided = { ...answered, verdict: 'ABORTED' };
  const inOrder = [null, begun, answered, stepped, decided];
  inOrder.forEach((rollout, i) => {
    for (const earlier of inOrder.slice(0, i)) {
      expect(newer(rollout, earlier)).toBe(rollout);
      expect(newer(earlier, rollout)).toBe(rollout);
    }
  });
  expect(newer(undefined, begun)).toBe(begun);
  const same = { ...begun };
  expect(newer(begun, same)).toBe(same);
});

test('a list that knows less of a deployment takes nothing from the page that shows all of it', () => {
  const cache = createCache();
  const of = (parts: string) =>
    gql(`query { deployment { id status source { ... on GitSource { ${parts} } } failure { message code } } }`);
  const page = of('ref commit repository { url }');
  const source = { __typename: 'GitSource', ref: 'main', commit: null, repository: { url: 'https://example.com/a' } };
  const failure = { __typename: 'DeploymentFailure', message: 'It failed.', code: 'BUILD_ERROR' };
  const deployment = { __typename: 'Deployment', id: 'one', status: 'BUILDING', source, failure };
  cache.writeQuery({ query: page, data: { deployment } });
  const row = gql(
    `query { project { id recent { id status source { ... on GitSource { ref commit } } failure { message } } } }`,
  );
  const told = {
    ...{ __typename: 'Deployment', id: 'one', status: 'DEPLOYING' },
    source: { __typename: 'GitSource', ref: 'main', commit: 'abc' },
    failure: { __typename: 'DeploymentFailure', message: 'It failed.' },
  };
  cache.writeQuery({ query: row, data: { project: { __typename: 'Project', id: 'shop', recent: [told] } } });
  expect(cache.readQuery({ query: page })).toMatchObject({
    deployment: { status: 'DEPLOYING', source: { ...source, commit: 'abc' }, failure },
  });
});
