import { readFile, writeFile } from 'node:fs/promises';

/** Changes settings in a file of `NAME=value` lines, as somebody does who edits it; new ones go to its end. */
export async function editSettings(file: string, settings: Readonly<Record<string, string | number>>): Promise<void> {
  await writeFile(file, withSettings(await readFile(file, 'utf8'), settings));
}

export function withSettings(text: string, settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings).reduce((lines, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm');
    return line.test(lines) ? lines.replace(line, `${name}=${value}`) : `${lines}${name}=${value}\n`;
  }, text);
}
