import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('bench.ts', import.meta.url));
const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--conditions=source', '--import', 'tsx', program, ...args]);

test.each([[[]], [['nothing']], [['start', 'nothing']], [['start', '--rounds', 'many']]])(
  'asked for %j it measures nothing and says what there is',
  async (args) => {
    await expect(bench(...args)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^npm run bench -- NAME .* one of: api, deploy, demo, edge, logs, start, wake\n$/,
      ) as unknown,
    });
  },
);
