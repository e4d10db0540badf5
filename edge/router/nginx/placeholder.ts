import { readFile, rename, writeFile } from 'node:fs/promises';

/** Nginx does not listen for TLS without a certificate: this one is made once, for no name, and shown to nobody. */
export async function ensurePlaceholder(file: string): Promise<string> {
  if (await readFile(file).catch(() => null)) return file;
  // Loaded only where one is to be made: an edge that runs would keep it in memory for nothing.
  const { makeCertificate } = await import('@apployd/backplane/certificate/make-certificate');
  const { chain, key } = await makeCertificate({ names: ['placeholder.invalid'] });
  await writeFile(`${file}.next`, chain + key, { mode: 0o600 });
  await rename(`${file}.next`, file);
  return file;
}
