import type { Page, Request } from 'playwright-core';

export type ScreenAt = {
  readonly name: string;
  readonly path: string;
  /** It needs nobody to be signed in. */
  readonly isOpen?: boolean;
  /** What lies over the page is called first. */
  readonly prepare?: (page: Page) => Promise<void>;
};

/** Every page of the dashboard, and everything that may lie over one. */
export const screens = (organization: string, project: string, failed: number, live: number): readonly ScreenAt[] => [
  { name: 'sign-in', path: '/login', isOpen: true },
  { name: 'sign-up', path: '/signup', isOpen: true },
  { name: 'reset-password', path: '/reset-password', isOpen: true },
  { name: 'new-password', path: '/reset-password/a-secret', isOpen: true },
  { name: 'verify-email', path: '/verify-email/a-secret' },
  { name: 'projects', path: `/${organization}` },
  { name: 'pool', path: `/${organization}/pool` },
  { name: 'new-project', path: `/${organization}/new` },
  { name: 'members', path: `/${organization}/members` },
  { name: 'tokens', path: `/${organization}/tokens` },
  { name: 'audit', path: `/${organization}/audit` },
  { name: 'plan', path: `/${organization}/billing` },
  { name: 'organization-settings', path: `/${organization}/settings` },
  { name: 'new-organization', path: '/new' },
  { name: 'project', path: `/${organization}/${project}` },
  { name: 'deployments', path: `/${organization}/${project}/deployments` },
  { name: 'deployment-live', path: `/${organization}/${project}/deployments/${live}` },
  { name: 'deployment-failed', path: `/${organization}/${project}/deployments/${failed}` },
  { name: 'activity', path: `/${organization}/${project}/activity` },
  { name: 'logs', path: `/${organization}/${project}/logs` },
  { name: 'log-search', path: `/${organization}/${project}/logs?search=listening&range=24h` },
  { name: 'variables', path: `/${organization}/${project}/variables` },
  { name: 'domains', path: `/${organization}/${project}/domains` },
  { name: 'project-settings', path: `/${organization}/${project}/settings` },
  { name: 'environments', path: `/${organization}/${project}/environments` },
  { name: 'environment', path: `/${organization}/${project}/environments/staging` },
  { name: 'environment-settings', path: `/${organization}/${project}/environments/staging/settings` },
  { name: 'account', path: '/account' },
  { name: 'platform', path: '/platform' },
  { name: 'not-found', path: `/${organization}/no-such-project` },
  { name: 'palette', path: `/${organization}/${project}`, prepare: callPalette },
  {
    name: 'keys',
    path: `/${organization}`,
    prepare: (page) => callByKey(page, '?', 'Keyboard shortcuts'),
  },
  {
    name: 'roll-back',
    path: `/${organization}/${project}/deployments/${live}`,
    prepare: async (page) => {
      await page.getByRole('button', { name: /^Roll back to/ }).click();
      await page.getByRole('dialog', { name: /^Roll back to/ }).waitFor();
    },
  },
  {
    name: 'menu',
    path: `/${organization}/pool`,
    prepare: async (page) => {
      await page.locator('[aria-haspopup=menu]').filter({ visible: true }).first().click();
      await page.getByRole('menu').waitFor();
    },
  },
];

/** Opens the palette, as soon as the page hears keys. */
export const callPalette = (page: Page) => callByKey(page, 'Control+k', 'Search or run');

/** A page that was just loaded may not hear the first time. */
async function callByKey(page: Page, key: string, name: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name });
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    if (!(await dialog.isVisible())) await page.keyboard.press(key);
    const isThere = await dialog.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (isThere) return;
  }
  throw new Error(`${key} brings no dialog "${name}".`);
}

const attempts = 4;

/** Opens a page. Chromium gives up what it loads when any network of this machine comes or goes, such as those of containers. */
export async function open(
  page: Page,
  url: string,
  waitUntil: 'load' | 'networkidle' = 'networkidle',
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const lost: string[] = [];
    const onLost = (request: Request) => void lost.push(request.failure()?.errorText ?? '');
    page.on('requestfailed', onLost);
    const response = await page.goto(url, { waitUntil }).catch((error: Error) => error);
    page.off('requestfailed', onLost);
    const isChanged =
      lost.includes(networkChanged) || (response instanceof Error && response.message.includes(networkChanged));
    if (!isChanged && response instanceof Error) throw response;
    if (!isChanged || attempt === attempts) return response instanceof Error ? 0 : (response?.status() ?? 0);
  }
}

const networkChanged = 'net::ERR_NETWORK_CHANGED';

export async function signIn(page: Page, url: string, person: { email: string; password: string }): Promise<void> {
  await open(page, `${url}/login`);
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
}

/** The page stands still: what it needed has come, its scripts are at work, nothing is fading in. */
export async function settled(page: Page): Promise<void> {
  // Looked at again by the clock: a page that changes nothing may be given no frame, and an animation ends with one.
  await page.waitForFunction(isAtRest, undefined, { polling: 50 });
  await page.evaluate(endAnimations);
}

const isAtRest = () =>
  '__remixRouteModules' in window &&
  document.readyState === 'complete' &&
  document.fonts.status === 'loaded' &&
  // React knows what the server has sent. Dialogs put elements of their own in front of it.
  [...document.body.children].some((child) => Object.keys(child).some((key) => key.startsWith('__reactFiber')));

function endAnimations(): void {
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
  }
}
