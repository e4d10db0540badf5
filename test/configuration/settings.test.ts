import { maskSecrets } from '@apployd/backplane/config/print-config';
import { expect, test } from 'vitest';
import { allSettings } from './settings.js';

const settings = allSettings();

test.each(settings)('$name says what it means, in sentences', ({ description }) => {
  expect(description).toMatch(/^[A-Z][^]*\.$/);
});

test.each(settings)('$name is masked where it is printed just as it says', ({ name, secret }) => {
  const inAddress = 'scheme://user:hunter2@host';
  expect(maskSecrets({ [name]: 'hunter2' })[name] === 'hunter2').toBe(secret !== 'value');
  if (secret) expect(maskSecrets({ [name]: inAddress })[name]).not.toContain('hunter2');
});

test('a default that the machine decides is told in words: the page is the same wherever it is made', () => {
  const absent = Object.fromEntries(settings.map(({ name, readBy }) => [name, readBy[0]?.absent.kind]));
  expect(absent).toMatchObject({ ENGINE_SERVER_NAME: 'text', EDGE_NAME: 'text', DOCKER_HOST: 'text' });
});

test('each of its readers is named, with its own default', () => {
  const setting = (wanted: string) => settings.find(({ name }) => name === wanted);
  expect(setting('DASHBOARD_PORT')?.readBy).toEqual([
    { reader: 'dashboard', absent: { kind: 'value', value: '3000' } },
    { reader: 'npm start', absent: { kind: 'value', value: '0' } },
  ]);
  expect(setting('APPLOYD_SECRET')?.readBy.map(({ reader, absent }) => [reader, absent.kind])).toEqual([
    ['server', 'required'],
    ['engine', 'required'],
    ['npm start', 'text'],
  ]);
});
