import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../ensure-built.js';
import { ada, aFront, type Front } from './a-front.js';
import { aShop } from './a-shop.js';
import { desktop, openBrowser, phone, type Screen } from './chromium.js';
import { furnish } from './furnish.js';
import { anInvitation } from './mails.js';
import { paidStates } from './paid-states.js';
import { open, type ScreenAt, screens, settled, signIn } from './screens.js';

const usage = 'npm run screenshots -- [folder]';

/** `npm run screenshots`: every page of the dashboard in light, dark and phone width, with a few projects to look at. */
async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  if (positionals.length > 1) throw new Error(usage);
  const folder = path.resolve(positionals[0] ?? 'screenshots');
  await mkdir(folder, { recursive: true });
  await ensureBuilt();
  const front = await aFront();
  try {
    const organization = await furnish(front, { inUse: true });
    for (const [look, screen] of looks)
      await shoot(front, organization, screen, (name) => path.join(folder, `${name}-${look}.png`));
  } finally {
    await front.close();
  }
  await shootPaidStates((name) => path.join(folder, `${name}.png`));
  console.log(`Pictures are in ${folder}`);
}

const looks: readonly (readonly [string, Screen])[] = [
  ['light', desktop],
  ['dark', { ...desktop, scheme: 'dark' }],
  ['phone', phone],
  ['phone-dark', { ...phone, scheme: 'dark' }],
];

async function shoot(
  front: Front,
  organization: string,
  screen: Screen,
  fileOf: (name: string) => string,
): Promise<void> {
  const { context, close } = await openBrowser(screen);
  const page = context.pages()[0] ?? (await context.newPage());
  const all = [
    ...screens(organization, 'storefront', 3, 2),
    { name: 'deployment-building', path: `/${organization}/worker/deployments/2` },
    { name: 'invitation', path: await anInvitation(front, 'grace@example.com'), isOpen: true },
  ];
  const take = async ({ name, path, prepare }: ScreenAt) => {
    await open(page, front.url + path);
    await settled(page);
    await prepare?.(page);
    // The log follows its end for a moment after its lines are measured.
    await page.waitForTimeout(500);
    await page.screenshot({ path: fileOf(name) });
  };
  for (const one of all.filter(({ isOpen }) => isOpen)) await take(one);
  await signIn(page, front.url, ada);
  for (const one of all.filter(({ isOpen }) => !isOpen)) await take(one);
  await close();
}

/** The plan page as it is from the first price to a payment that is owed: whole, in light and in dark on a phone. */
async function shootPaidStates(fileOf: (name: string) => string): Promise<void> {
  const shop = await aShop();
  const { context, close } = await openBrowser(desktop);
  const page = context.pages()[0] ?? (await context.newPage());
  try {
    await shop.standInForStripe(page);
    await signIn(page, shop.url, ada);
    for (const { name, bring } of paidStates) {
      await bring(shop, page);
      for (const [look, { width, height, scheme = 'light' }] of looks) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height });
        await settled(page);
        await page.screenshot({ path: fileOf(`${name}-${look}`), fullPage: true });
      }
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: desktop.width, height: desktop.height });
    }
  } finally {
    await close();
    await shop.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
});
