import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'oxfmt';

/** Writes a page of the documentation in the layout that `npm run lint` asks for. */
export async function writePage(file: string, text: string): Promise<void> {
  const { code, errors } = await format(path.basename(file), text);
  if (errors.length > 0)
    throw new Error(`${file} cannot be laid out: ${errors.map(({ message }) => message).join(' ')}`);
  await writeFile(file, code);
}
