import { randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sharedSettings } from '@apployd/backplane/config/shared';

const ownersOnly = 0o600;
const others = 0o077;

/** The platform's secret, kept in the folder and made at the first start. Rejects when it is no secret any more. */
export async function ensureSecret(folder: string): Promise<string> {
  const file = path.join(folder, 'secret');
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { mode: ownersOnly, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = (await readPrivately(file)).trim();
  if (sharedSettings.shape.APPLOYD_SECRET.safeParse(secret).success) return secret;
  throw new Error(`${file} is damaged, or holds no random secret: put it back from a backup.`);
}

/** Looks at the rights of the very file that it reads. Windows keeps others out by the folder. */
async function readPrivately(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const mode = (await handle.stat()).mode & 0o777;
    if (process.platform !== 'win32' && (mode & others) !== 0) throw readableByOthers(file, mode);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function readableByOthers(file: string, mode: number): Error {
  return new Error(
    `${file} is open to others (mode ${mode.toString(8).padStart(4, '0')}): close it with \`chmod 600 ${file}\`, and if somebody may have read it, rotate the secret as docs/secrets.md says.`,
  );
}
