import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const fixture = fileURLToPath(new URL('lint-fixture', import.meta.url));

// Seen from the fixture's folder it is a repository of its own, with the same rooms and the same rules.
test(
  'every forbidden line of the fixture is refused by its rule, and no other line',
  { timeout: 120_000 },
  async () => {
    const eslint = new ESLint({ cwd: fixture, overrideConfigFile: path.resolve(fixture, '../../eslint.config.js') });
    const results = await eslint.lintFiles('**/*.ts');
    const refused = results.map(({ filePath, messages }) => ({
      file: path.relative(fixture, filePath),
      lines: messages.map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`),
    }));
    const expected = await Promise.all(results.map(({ filePath }) => markedLines(filePath)));
    expect(refused).toEqual(expected);
    expect(expected.flatMap(({ lines }) => lines).length).toBeGreaterThan(25);
  },
);

async function markedLines(file: string): Promise<{ file: string; lines: string[] }> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const marked = lines.map((line, index) => ({ number: index + 1, rule: /\/\/ refused: (\S+)$/.exec(line)?.[1] }));
  return {
    file: path.relative(fixture, file),
    lines: marked.filter(({ rule }) => rule).map(({ number, rule }) => `${number} ${rule}`),
  };
}
