/**
 * The arguments in a line as people type it: parted by spaces, unless they stand in quotes; a backslash takes the next
 * character as it is, but inside single quotes. Nothing is expanded. Null when a quote is left open.
 */
export function argumentsOf(line: string): string[] | null {
  const found: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    const [word = ''] = wordPattern.exec(rest) ?? [];
    if (word === '') return null;
    found.push(word.replace(piecePattern, plain));
    rest = rest.slice(word.length).trimStart();
  }
  return found;
}

/** The line that gives these arguments. */
export function lineOf(texts: readonly string[]): string {
  return texts.map((text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)).join(' ');
}

const piece = String.raw`'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|[^\s'"\\]`;
const wordPattern = new RegExp(`^(?:${piece})+(?=\\s|$)`);
const piecePattern = new RegExp(piece, 'g');

function plain(whole: string, single?: string, double?: string, escaped?: string): string {
  if (double !== undefined) return double.replace(/\\([\s\S])/g, '$1');
  return single ?? escaped ?? whole;
}
