import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { anApp } from '../system/sample-app.js';
import { ada, aFront, type Front } from './a-front.js';
import { desktop, openBrowser, phone, type Screen } from './chromium.js';
import { open, screens, settled, signIn } from './screens.js';

const usage = 'npm run screenshots -- [folder]';
const MiB = 1024 ** 2;

/** `npm run screenshots`: every page of the dashboard in light, dark and phone width, with a few projects to look at. */
async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  if (positionals.length > 1) throw new Error(usage);
  const folder = path.resolve(positionals[0] ?? 'screenshots');
  await mkdir(folder, { recursive: true });
  const front = await aFront();
  try {
    const organization = await furnish(front);
    for (const [look, screen] of looks)
      await shoot(front, organization, screen, (name) => path.join(folder, `${name}-${look}.png`));
  } finally {
    await front.close();
  }
  console.log(`Pictures are in ${folder}`);
}

const looks: readonly (readonly [string, Screen])[] = [
  ['light', desktop],
  ['dark', { ...desktop, scheme: 'dark' }],
  ['phone', phone],
  ['phone-dark', { ...phone, scheme: 'dark' }],
];

/** Slice of the pool, in MB, and the commits of each project. */
const projects: readonly { readonly name: string; readonly memory: number; readonly commits: readonly string[] }[] = [
  { name: 'storefront', memory: 2048, commits: ['Show the cart in the header', 'Cache product images at the edge'] },
  { name: 'api', memory: 1536, commits: ['Return 409 when a slug is taken'] },
  { name: 'worker', memory: 1024, commits: ['Retry webhooks with jitter'] },
  { name: 'admin', memory: 768, commits: ['Show refunds on the order page'] },
  { name: 'docs', memory: 256, commits: ['Document the pool API'] },
];

const build = `node -e "for (let n = 1; n <= 60; n++) console.log('\\x1b[2mbuild/assets/\\x1b[0m\\x1b[36mchunk-' + n + '.js\\x1b[0m  \\x1b[1m' + (n * 1.7).toFixed(2) + ' kB\\x1b[0m' + (n % 20 ? '' : '\\n\\x1b[33mwarning\\x1b[0m chunk ' + n + ' is large'))"`;
const broken = `node -e "console.log('Installing'); console.error('\\x1b[31merror\\x1b[0m: requirements ask for mjml 4.2.9, which does not exist'); process.exit(1)"`;

/** Deploys the projects, one with a failure, one that is asked to build for long; the organization's slug. */
async function furnish({ platform: { apployd }, repository }: Front): Promise<string> {
  const { organizations } = await apployd.account.viewer();
  const [organization] = organizations.nodes;
  if (!organization) throw new Error('Nobody has signed up.');
  const deploy = async (environmentId: string, message: string, script: string) => {
    await repository.commit('main', anApp(message, 'listen();', { build: script }), message);
    return apployd.deployments.create({ environmentId });
  };
  const environments = new Map<string, string>();
  for (const { name, memory, commits } of projects) {
    const { productionEnvironment } = await apployd.projects.create({
      organizationId: organization.id,
      name,
      repositoryUrl: repository.url,
      resources: { memoryBytes: memory * MiB, cpuMillicores: memory / 4, bandwidthBytesPerMonth: memory * 50 * MiB },
    });
    environments.set(name, productionEnvironment.id);
    for (const message of commits)
      await (await deploy(productionEnvironment.id, message, build)).wait({ timeoutMs: 120_000 });
  }
  await apployd.variables.set({
    environmentId: environments.get('storefront') ?? '',
    variables: [
      { key: 'NODE_ENV', value: 'production' },
      { key: 'STRIPE_KEY', value: 'sk_live_example', isSecret: true },
    ],
  });
  const failing = await deploy(environments.get('admin') ?? '', 'Move templates to MJML', broken);
  await failing.wait({ timeoutMs: 120_000 }).catch(() => undefined);
  const failingAgain = await deploy(environments.get('storefront') ?? '', 'Move the mails to MJML', broken);
  await failingAgain.wait({ timeoutMs: 120_000 }).catch(() => undefined);
  const slow = `${build} && node -e "setTimeout(() => {}, 600000)"`;
  await deploy(environments.get('worker') ?? '', 'Split the queue by customer', slow);
  return organization.slug;
}

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
  ];
  const take = async ({ name, path }: { name: string; path: string }) => {
    await open(page, front.url + path);
    await settled(page);
    // The log follows its end for a moment after its lines are measured.
    await page.waitForTimeout(500);
    await page.screenshot({ path: fileOf(name) });
  };
  for (const one of all.filter(({ isOpen }) => isOpen)) await take(one);
  await signIn(page, front.url, ada);
  for (const one of all.filter(({ isOpen }) => !isOpen)) await take(one);
  await close();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
});
