import type { BrowserContext, Page } from 'playwright-core';
import { open } from './screens.js';

/** Resolves once the status beside the page's heading says so. */
export const statusIs = (page: Page, word: string): Promise<void> =>
  page.locator('h1 + span', { hasText: word }).first().waitFor({ timeout: 60_000 });

/** What another visitor in the same browser reads there. */
export async function bodyAt(context: BrowserContext, url: string): Promise<string> {
  const page = await context.newPage();
  await open(page, url);
  const text = await page.locator('body').innerText();
  await page.close();
  return text;
}
