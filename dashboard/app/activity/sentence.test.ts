import { expect, test } from 'vitest';
import { sentenceOf } from './sentence.js';

const base = '/acme/shop';
const production = { __typename: 'Environment', id: 'env_1', slug: 'production', kind: 'PRODUCTION' } as const;
const deployment = {
  __typename: 'Deployment',
  id: 'dpl_1',
  number: 7,
  environment: { id: 'env_1', slug: 'production' },
} as const;

test('an event is a sentence with its reason, and leads to where one sees more', () => {
  expect(sentenceOf({ type: 'deployment.ready', subject: deployment, data: {} }, base)).toEqual({
    ...{ isDeed: false, words: 'went live', tone: 'good', detail: null },
    what: { label: 'Deployment 7', to: '/acme/shop/deployments/7' },
  });
  const data = { reason: 'It ends again and again.', deploymentNumber: 7 };
  expect(sentenceOf({ type: 'environment.crashed', subject: production, data }, base)).toEqual({
    ...{ isDeed: false, words: 'crashes again and again', tone: 'bad', detail: data.reason },
    what: { label: 'production', to: '/acme/shop/logs' },
  });
  const awake = { type: 'environment.stayed_awake', data: { reason: 'A visitor was still being served.' } } as const;
  expect(sentenceOf({ ...awake, subject: production }, base)).toMatchObject({
    ...{ words: 'was to sleep, and stayed awake', tone: 'warn', detail: awake.data.reason },
  });
});

test('what happens in another environment leads to its pages, and what is erased is told by its name', () => {
  const staging = { ...production, slug: 'staging', kind: 'STAGING' } as const;
  expect(sentenceOf({ type: 'environment.updated', subject: staging, data: {} }, base).what).toEqual({
    label: 'staging',
    to: '/acme/shop/environments/staging/settings',
  });
  const erased = { type: 'environment.erased', subject: null, data: { slug: 'staging' } } as const;
  expect(sentenceOf(erased, base).what).toEqual({ label: 'staging', to: base });
  const volume = { type: 'volume.created', subject: staging, data: { name: 'data' } } as const;
  expect(sentenceOf(volume, base)).toMatchObject({ words: 'added a volume to', detail: 'The volume data.' });
  const domain = { type: 'domain.added', subject: staging, data: { name: 'example.com' } } as const;
  expect(sentenceOf(domain, base)).toMatchObject({ words: 'added a domain to', detail: 'example.com' });
});

test('variables are told by their names, and not by all of many', () => {
  const set = Array.from({ length: 10 }, (_, i) => `KEY_${i}`);
  const { detail } = sentenceOf({ type: 'variables.set', subject: production, data: { set, removed: ['OLD'] } }, base);
  expect(detail).toBe(`Set ${set.slice(0, 8).join(', ')} and 2 more. Removed OLD.`);
});

test('what is gone, and a type that is new here, are sentences still', () => {
  expect(sentenceOf({ type: 'deployment.failed', subject: null, data: { number: 3 } }, base).what?.label).toBe(
    'Deployment 3',
  );
  expect(sentenceOf({ type: 'rollout.begun', subject: null, data: {} }, base)).toMatchObject({
    words: '· rollout.begun',
    what: { label: 'the project', to: base },
  });
});
