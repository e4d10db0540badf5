import path from 'node:path';

/** The PostgreSQL in which tests may make databases. */
export function readTestDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  const url = env.TEST_DATABASE_URL;
  if (!url)
    throw new Error('Tests need PostgreSQL: run them by `npx vitest run`, which starts one, or set TEST_DATABASE_URL.');
  return url;
}

/** What the Prisma CLI is run with: it finds generators through PATH, and asks the internet nothing. */
export function cliEnvironment(root: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const programs = path.join(root, 'node_modules', '.bin');
  return {
    ...env,
    PATH: [programs, env.PATH].filter(Boolean).join(path.delimiter),
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
}

/** The database that is to be migrated. */
export function readDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  const url = env.DATABASE_URL;
  if (!url || !URL.canParse(url))
    throw new Error('Set DATABASE_URL to the address of the database: postgresql://user:password@host:5432/name');
  return url;
}
