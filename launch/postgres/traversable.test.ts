import { expect, test } from 'vitest';
import { blockingFolder } from './traversable.js';

const postgres = { uid: 101, gid: 104 };
const folder = (path: string, mode: number, owner = { uid: 0, gid: 0 }) => ({ path, mode, ...owner });

test('a folder below a private home is named as the one in the way', () => {
  const way = [folder('/', 0o755), folder('/root', 0o700), folder('/root/app', 0o755)];
  expect(blockingFolder(way, postgres)).toBe('/root');
});

test('the way is free through folders that everybody, the group or the owner may pass', () => {
  const way = [folder('/', 0o711), folder('/shared', 0o710, { uid: 0, gid: 104 }), folder('/own', 0o700, postgres)];
  expect(blockingFolder(way, postgres)).toBeNull();
});

test('the class that fits first decides, as in the kernel', () => {
  expect(blockingFolder([folder('/own', 0o077, postgres)], postgres)).toBe('/own');
});

test('root passes everywhere', () => {
  expect(blockingFolder([folder('/root', 0o700)], { uid: 0, gid: 0 })).toBeNull();
});
