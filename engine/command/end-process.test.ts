import { afterEach, expect, test, vi } from 'vitest';
import { endProcess } from './end-process.js';

afterEach(() => void vi.restoreAllMocks());

test.each(['ESRCH', 'EPERM'])('a process that cannot be ended because of %s is no error', (code) => {
  const kill = refusing(code);
  endProcess(-4_711);
  endProcess(4_711, 'SIGTERM');
  expect(kill.mock.calls).toEqual([
    [-4_711, 'SIGKILL'],
    [4_711, 'SIGTERM'],
  ]);
});

test('anything else is', () => {
  refusing('EINVAL');
  expect(() => endProcess(4_711)).toThrow('EINVAL');
});

function refusing(code: string) {
  return vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
}
