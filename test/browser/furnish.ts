import { createDb } from '@apployd/prisma/create-db';
import type { TestPlatform } from '../system/a-platform.js';
import { until } from '../system/until.js';
import { anApp } from '../system/sample-app.js';
import type { Front } from './a-front.js';

const MiB = 1024 ** 2;

type Furniture = {
  readonly name: string;
  /** Its slice of the pool, and what it uses of it where it is to be seen, in MB. */
  readonly memory: number;
  readonly uses: number;
  readonly commits: readonly string[];
};

const projects: readonly Furniture[] = [
  {
    ...{ name: 'storefront', memory: 4096, uses: 1400 },
    commits: ['Show the cart in the header', 'Cache product images at the edge'],
  },
  { name: 'api', memory: 3072, uses: 600, commits: ['Return 409 when a slug is taken'] },
  { name: 'worker', memory: 2048, uses: 900, commits: ['Retry webhooks with jitter'] },
  { name: 'admin', memory: 1536, uses: 200, commits: ['Show refunds on the order page'] },
  { name: 'docs', memory: 512, uses: 100, commits: ['Document the pool API'] },
];

const build = `node -e "for (let n = 1; n <= 60; n++) console.log('\\x1b[2mbuild/assets/\\x1b[0m\\x1b[36mchunk-' + n + '.js\\x1b[0m  \\x1b[1m' + (n * 1.7).toFixed(2) + ' kB\\x1b[0m' + (n % 20 ? '' : '\\n\\x1b[33mwarning\\x1b[0m chunk ' + n + ' is large'))"`;
const broken = `node -e "console.log('Installing'); console.error('\\x1b[31mnpm error\\x1b[0m code ETARGET\\n\\x1b[31mnpm error\\x1b[0m notarget No matching version found for mjml@4.2.99.'); process.exit(1)"`;

/**
 * Deploys the projects, one with a failure, one that is asked to build for long; the organization's slug. With `inUse` they
 * fill a part of their slices, and that is known.
 */
export async function furnish({ platform, repository }: Front, { inUse = false } = {}): Promise<string> {
  const { apployd } = platform;
  const { organizations } = await apployd.account.viewer();
  const [organization] = organizations.nodes;
  if (!organization) throw new Error('Nobody has signed up.');
  const deploy = async (environmentId: string, message: string, script: string, body = 'listen();') => {
    await repository.commit('main', anApp(message, body, { build: script }), message);
    return apployd.deployments.create({ environmentId });
  };
  const environments = new Map<string, string>();
  let storefront = '';
  for (const { name, memory, uses, commits } of projects) {
    const { project, productionEnvironment } = await apployd.projects.create({
      organizationId: organization.id,
      name,
      repositoryUrl: repository.url,
      resources: { memoryBytes: memory * MiB, cpuMillicores: memory / 4, bandwidthBytesPerMonth: memory * 50 * MiB },
    });
    if (name === 'storefront') storefront = project.id;
    environments.set(name, productionEnvironment.id);
    const body = inUse ? `globalThis.kept = Buffer.alloc(${uses * MiB}, 1); listen();` : undefined;
    for (const message of commits)
      await (await deploy(productionEnvironment.id, message, build, body)).wait({ timeoutMs: 120_000 });
  }
  await apployd.environments.create({ projectId: storefront, slug: 'staging' });
  await apployd.variables.set({
    environmentId: environments.get('storefront') ?? '',
    variables: [
      { key: 'NODE_ENV', value: 'production', isSecret: false },
      { key: 'STRIPE_KEY', value: 'sk_live_example', isSecret: true },
    ],
  });
  const environmentId = environments.get('storefront') ?? '';
  for (const name of ['tessera.example', 'www.tessera.example']) await apployd.domains.add({ environmentId, name });
  const failing = await deploy(environments.get('admin') ?? '', 'Move templates to MJML', broken);
  await failing.wait({ timeoutMs: 120_000 }).catch(() => undefined);
  const failingAgain = await deploy(environments.get('storefront') ?? '', 'Move the mails to MJML', broken);
  await failingAgain.wait({ timeoutMs: 120_000 }).catch(() => undefined);
  const slow = `${build} && node -e "setTimeout(() => {}, 600000)"`;
  await deploy(environments.get('worker') ?? '', 'Split the queue by customer', slow);
  if (inUse) await allMeasured(platform);
  return organization.slug;
}

/** What runs is looked at once a minute. */
async function allMeasured({ urls }: TestPlatform): Promise<void> {
  const db = createDb({ url: urls.database, connections: 1 });
  const unmeasured = () => db.instance.count({ where: { state: 'RUNNING', usedAt: null } });
  try {
    await until(async () => (await unmeasured()) === 0, 'all instances to be measured', 90_000);
  } finally {
    await db.$disconnect();
  }
}
