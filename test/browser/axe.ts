import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

type Axe = { run(context: unknown, options: unknown): Promise<{ violations: Violation[] }> };
type Violation = { id: string; nodes: { html: string; any: { message: string }[] }[] };

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const every = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
} as const;
/** What another colour scheme may change. */
const ofColours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } as const;

/** What axe finds on the page that is open, one sentence each. */
export async function findings(page: Page, { colours }: { colours?: boolean } = {}): Promise<readonly string[]> {
  // Not through a script element: the page's own policy lets in no script of ours.
  await page.evaluate(await source);
  const { violations } = await page.evaluate(
    (runOnly) =>
      (window as unknown as { axe: Axe }).axe.run(document, { runOnly, resultTypes: ['violations'], selectors: false }),
    colours ? ofColours : every,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  );
}
