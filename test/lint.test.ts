import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const fixture = fileURLToPath(new URL('lint-fixture', import.meta.url));
const root = path.resolve(fixture, '../..');

type Finding = { readonly file: string; readonly line: number; readonly rule: string };

test(
  'every forbidden line of the fixture is refused by its rule, and no other line',
  { timeout: 120_000 },
  async () => {
    const results = await byEslint();
    const refused = [...results.flatMap(({ findings }) => findings), ...byOxlint()];
    const expected = (await Promise.all(results.map(({ file }) => markedLines(file)))).flat();
    expect(inOrder(refused)).toEqual(inOrder(expected));
    expect(expected.length).toBeGreaterThan(25);
  },
);

/** Seen from the fixture's folder it is a repository of its own, with the same rooms and the same rules. */
async function byEslint(): Promise<readonly { readonly file: string; readonly findings: readonly Finding[] }[]> {
  const eslint = new ESLint({ cwd: fixture, overrideConfigFile: path.join(root, 'eslint.config.js') });
  const results = await eslint.lintFiles('**/*.ts');
  return results.map(({ filePath, messages }) => {
    const file = path.relative(fixture, filePath);
    return { file, findings: messages.map(({ line, ruleId, message }) => ({ file, line, rule: ruleId ?? message })) };
  });
}

type Report = {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
};

/** The rules that need types. */
function byOxlint(): readonly Finding[] {
  const program = path.join(root, 'node_modules/oxlint/bin/oxlint');
  const args = [program, '--format=json', path.relative(root, fixture)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
  if (!stdout) throw new Error(`oxlint printed nothing but: ${stderr}`);
  return (JSON.parse(stdout) as Report).diagnostics.map(({ code, filename, labels }) => ({
    file: path.relative(fixture, path.join(root, filename)),
    line: labels[0]?.span.line ?? 0,
    rule: code.replace(/\((.*)\)/, '/$1'),
  }));
}

async function markedLines(file: string): Promise<readonly Finding[]> {
  const lines = (await readFile(path.join(fixture, file), 'utf8')).split('\n');
  return lines.flatMap((text, index) => {
    const rule = /\/\/ refused: (\S+)$/.exec(text)?.[1];
    return rule ? [{ file, line: index + 1, rule }] : [];
  });
}

function inOrder(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`).sort();
}
