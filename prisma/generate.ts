import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { prismaCli, repositoryRoot } from './cli.js';

const folder = path.join(repositoryRoot, 'prisma');
const generated = path.join(folder, 'generated');
const stamp = path.join(generated, '.stamp');

/** Generates `prisma/generated` when it is missing or older than the schema or its generators. A failure leaves nothing. */
async function generate(): Promise<void> {
  const wanted = await fingerprint();
  if ((await readFile(stamp, 'utf8').catch(() => null)) === wanted) return;
  try {
    await prismaCli(['generate', '--no-hints']);
    await writeFile(stamp, wanted);
  } catch (error) {
    await rm(generated, { recursive: true, force: true });
    throw error;
  }
}

/** The generators' exact versions are in the package's file. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['schema.prisma', 'package.json']) hash.update(await readFile(path.join(folder, name)));
  return hash.digest('hex');
}

await generate();
