type Header = { readonly name: string; readonly value: string };
type User = { readonly name: string; readonly password?: string };

/** Headers as people type them: a line each, `Name: value`. */
export const headerLines = (headers: readonly Header[]): string =>
  headers.map(({ name, value }) => `${name}: ${value}`).join('\n');

/** Reads them; empty lines do not count. A text says which line is none. */
export function headersOf(text: string): Header[] | string {
  const lines = linesOf(text);
  const wrong = lines.find((line) => !line.includes(':'));
  if (wrong !== undefined) return `“${wrong}” is no header: write its name, a colon and its value.`;
  return lines.map((line) => {
    const at = line.indexOf(':');
    return { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
}

/** Users: a line each, a name, and a password behind it where it is a new one. */
export const usersOf = (text: string): User[] =>
  linesOf(text).map((line) => {
    const [, name = '', password = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    return password === '' ? { name } : { name, password };
  });

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
