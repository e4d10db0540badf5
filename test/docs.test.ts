import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { actions, organizationRoles, roleMay, scopeFor, tokenScopes } from '@apployd/core/access';
import { deploymentStages, deploymentStatuses, servingStates } from '@apployd/core/deployment';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const decisions = path.join(root, 'docs', 'decisions');

test('every link and picture in our documents leads to a file that is there', async () => {
  const documents = [...(await inFolder('.')), ...(await inFolder('docs')), ...(await inFolder('docs/decisions'))];
  const broken = await Promise.all(documents.map(brokenLinks));
  expect(documents.length).toBeGreaterThan(10);
  expect(broken.flat()).toEqual([]);
});

test('the list of decisions has every record, by its own title', async () => {
  const list = await readFile(path.join(decisions, 'README.md'), 'utf8');
  const rows = [...list.matchAll(/^\| (.*?) +\| \[(\d{3})\]\((.*?)\) *\|$/gm)].map(([, ...cells]) => cells);
  const names = (await readdir(decisions)).filter((name) => name !== 'README.md').sort();
  const records = await Promise.all(
    names.map(async (name) => {
      const [title = ''] = (await readFile(path.join(decisions, name), 'utf8')).split('\n', 1);
      return [title.replace(/^# \d{3} /, ''), name.slice(0, 3), name];
    }),
  );
  expect(rows).toEqual(records);
});

test('the concepts tell of every status, stage and serving state', async () => {
  const page = await readFile(path.join(root, 'docs', 'concepts.md'), 'utf8');
  const words = [...deploymentStatuses, ...deploymentStages, ...servingStates];
  expect(words.filter((word) => !new RegExp(`\\b${word}\\b`).test(page))).toEqual([]);
});

test('the page about access has every action as core/access.ts has it, and every scope', async () => {
  const page = await readFile(path.join(root, 'docs', 'access.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+:\w+)` +\|(.*)\|$/gm)].map(([, action, cells = '']) => [
    action,
    ...cells.split('|').map((cell) => cell.trim()),
  ]);
  const rules = actions.map((action) => [
    action,
    ...organizationRoles.map((role) => (roleMay(role, action) ? 'yes' : '')),
    scopeFor(action) === null ? '' : `\`${scopeFor(action)}\``,
  ]);
  expect(rows).toEqual(rules);
  expect(tokenScopes.filter((scope) => !page.includes(`\`${scope}\``))).toEqual([]);
});

async function inFolder(folder: string): Promise<readonly string[]> {
  const names = await readdir(path.join(root, folder));
  return names.filter((name) => name.endsWith('.md')).map((name) => path.join(folder, name));
}

async function brokenLinks(document: string): Promise<readonly string[]> {
  const text = await readFile(path.join(root, document), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => !existsSync(path.join(root, path.dirname(document), target.replace(/#.*$/, ''))))
    .map((target) => `${document}: ${target}`);
}
