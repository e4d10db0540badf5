import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Db } from '@apployd/prisma/create-db';

const expand = promisify(gunzip);

/** Each row of each table as JSON, with the lines of logs unpacked. */
export async function rowsOf(db: Db): Promise<readonly string[]> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`;
  const texts = await Promise.all(tables.map(({ name }) => textsOf(db, name)));
  const chunks = await db.logChunk.findMany({ select: { lines: true } });
  const lines = await Promise.all(chunks.map(async ({ lines }) => (await expand(lines)).toString()));
  return [...texts.flat(), ...lines];
}

async function textsOf(db: Db, table: string): Promise<readonly string[]> {
  const rows = await db.$queryRawUnsafe<{ text: string }[]>(`SELECT row_to_json(t)::text AS text FROM "${table}" t`);
  return rows.map(({ text }) => `${table} ${text}`);
}

/** The files below a folder, as Latin-1: byte for byte. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (file) => `${path.relative(folder, file)} ${await readFile(file, 'latin1').catch(() => '')}`),
  );
}

/** The files below a folder that anybody but their owner may read, if the folders above them let anybody through. */
export async function openToOthers(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const modes = await Promise.all(files.map(async (file) => ({ file, mode: (await stat(file)).mode & 0o077 })));
  return modes.filter(({ mode }) => mode !== 0).map(({ file }) => path.relative(folder, file));
}

/** Where one of these words stands, as such or in an encoding in which it would be kept; the first words of each text. */
export function placesOf(words: readonly string[], texts: readonly string[]): readonly string[] {
  const forms = words.flatMap((word) => {
    const bytes = Buffer.from(word);
    // Without what depends on the bytes around it.
    return [word, encodeURIComponent(word), bytes.toString('base64').replace(/.{0,2}=*$/, ''), bytes.toString('hex')];
  });
  return texts.filter((text) => forms.some((form) => text.includes(form))).map((text) => text.slice(0, 80));
}
