import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { createMigration } from '@apployd/prisma/create-migration';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { temporaryFolder } from './temporary-folder.js';

/** `npm run migration -- <name>`: writes the next migration after `schema.prisma` was changed. */
async function main(name: string | undefined): Promise<void> {
  if (!name) throw new Error('Usage: npm run migration -- <name>');
  const folder = await mkdtemp(path.join(await temporaryFolder(), 'apployd-migration-'));
  const postgres = await startEmbeddedPostgres({ folder, durable: false });
  try {
    const file = await createMigration(name, postgres.url);
    console.log(
      file ? `${file} was written: read it, then commit it.` : 'The migrations already lead to schema.prisma.',
    );
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
