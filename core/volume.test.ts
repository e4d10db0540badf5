import { expect, test } from 'vitest';
import { areNested, mountPathProblem, volumeNameProblem, volumeVariable } from './volume.js';

test.each(['/data', '/app/uploads', '/var/lib/postgresql/data', '/srv/a.b@c+d_e-f', '/root/files'])(
  'a volume may be mounted at %s',
  (path) => {
    expect(mountPathProblem(path)).toBeNull();
  },
);

test.each([
  ...['', '/', 'data', './data', '/data/', '//data', '/data//x', '/../etc', '/data/..', '/data/../etc', '/./data'],
  ...[
    '/data:ro',
    '/da ta',
    '/data\n',
    '/data\u0000',
    '/dätä',
    '/-x y',
    '/$HOME',
    '/data,readonly',
    `/${'d'.repeat(200)}`,
  ],
])('%j is no path to mount at', (path) => {
  expect(mountPathProblem(path)).toContain('absolute');
});

test.each([
  ...[
    '/proc',
    '/proc/1',
    '/sys',
    '/sys/fs',
    '/dev',
    '/dev/shm',
    '/etc',
    '/etc/ssl',
    '/bin',
    '/usr',
    '/usr/bin',
    '/lib',
  ],
  ...['/run', '/run/docker.sock', '/var/run', '/var/lib/docker', '/root', '/tmp', '/sbin', '/boot', '/lib64'],
])('%s belongs to the system', (path) => {
  expect(mountPathProblem(path)).toContain('belongs to the system');
});

test.each(['data', 'a', 'pg-data-2', 'a'.repeat(32)])('a volume may be called %s', (name) => {
  expect(volumeNameProblem(name)).toBeNull();
});

test.each(['', '-', '1a', 'Data', 'a--b', 'a-', 'a_b', '../a', 'a/b', 'a b', 'a'.repeat(33)])(
  'a volume may not be called %j',
  (name) => {
    expect(volumeNameProblem(name)).not.toBeNull();
  },
);

test('paths are nested when one lies in the other, not when one begins as the other does', () => {
  expect(areNested('/data', '/data')).toBe(true);
  expect(areNested('/data', '/data/x')).toBe(true);
  expect(areNested('/data/x', '/data')).toBe(true);
  expect(areNested('/data', '/data2')).toBe(false);
});

test('a volume has a variable of its own', () => {
  expect(volumeVariable('pg-data')).toBe('APPLOYD_VOLUME_PG_DATA');
});
