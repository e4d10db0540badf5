const mostKept = 1_000;
const kept = new Map<string, Promise<string>>();

/** The id under which a platform knows a document: the SHA-256 of its text. Throws where there is no Web Crypto. */
export function documentId(text: string): Promise<string> {
  const known = kept.get(text);
  if (known) return known;
  if (!globalThis.crypto?.subtle) throw new TypeError('There is no Web Crypto here: leave `documents` at its default.');
  const id = hashOf(text);
  if (kept.size < mostKept) kept.set(text, id);
  return id;
}

async function hashOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `sha256:${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
