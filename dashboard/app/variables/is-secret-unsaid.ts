export type Known = { readonly key: string; readonly isSecret: boolean };

/**
 * Whether a variable is taken for a secret until somebody says what it is. One that is there stays what it is, and a new one
 * is secret unless its key is one that says that everybody may read it: what is typed is never shown by mistake.
 */
export function isSecretUnsaid(key: string, known: readonly Known[]): boolean {
  const name = key.trim();
  return known.find((one) => one.key === name)?.isSecret ?? !isPlain(name);
}

/** What every runtime knows, and what bundlers write into pages. */
const isPlain = (key: string) =>
  /^(?:NODE_ENV|PORT|HOST|TZ|LANG|LOG_LEVEL|CI)$|^(?:VITE|PUBLIC|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|GATSBY)_/.test(key);
