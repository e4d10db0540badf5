import { standsOn } from './stands-on.js';

/** What a Dockerfile tells before it is built. */
export type DockerfileFacts = {
  /** Names declared with ARG. */
  readonly args: readonly string[];
  /** Asks for a secret or ssh mount. */
  readonly wantsSecrets: boolean;
  /** Uses what only BuildKit knows. */
  readonly wantsBuildKit: boolean;
  /**
   * Images that its stages begin with, or copy from. Null where only the build itself finds out what it is made of.
   */
  readonly standsOn: readonly string[] | null;
};

export function dockerfileFacts(text: string): DockerfileFacts {
  const instructions = instructionsOf(text);
  return {
    args: instructions.flatMap(argNames),
    wantsSecrets: instructions.some((line) => /^RUN(\s+--\S+)*\s+--mount=(\S*,)?type=(secret|ssh)\b/i.test(line)),
    wantsBuildKit:
      instructions.some((line) => /^(RUN|COPY|ADD)\s+--(mount|network|security|link|chmod)\b/i.test(line)) ||
      /<<-?["']?\w/.test(text),
    standsOn: standsOn(text),
  };
}

/** Of the variables those that the Dockerfile asks for. */
export function declaredOf(
  { args }: DockerfileFacts,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => args.includes(name)));
}

/** Instructions with their continued lines joined, without comments. */
function instructionsOf(text: string): string[] {
  const escape = /^#\s*escape\s*=\s*`/im.test(text) ? /`[ \t]*$/ : /\\[ \t]*$/;
  const joined: string[] = [];
  let continues = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#|$)/.test(line)) continue;
    const part = line.replace(escape, ' ').trim();
    if (continues) joined.push(`${joined.pop() ?? ''} ${part}`);
    else joined.push(part);
    continues = escape.test(line);
  }
  return joined;
}

function argNames(instruction: string): string[] {
  const [, rest = ''] = /^ARG\s+(.*)$/i.exec(instruction) ?? [];
  return [...rest.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?=\s|=|$)/g)].map(([, name = '']) => name);
}
