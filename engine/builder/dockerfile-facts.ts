/** What a Dockerfile tells before it is built. */
export type DockerfileFacts = {
  /** Names declared with ARG. */
  readonly args: readonly string[];
  /** Asks for a secret or ssh mount. */
  readonly wantsSecrets: boolean;
  /** Uses what only BuildKit knows. */
  readonly wantsBuildKit: boolean;
};

export function dockerfileFacts(text: string): DockerfileFacts {
  const instructions = instructionsOf(text);
  return {
    args: instructions.flatMap(argNames),
    wantsSecrets: instructions.some((line) => /^RUN(\s+--\S+)*\s+--mount=(\S*,)?type=(secret|ssh)\b/i.test(line)),
    wantsBuildKit:
      instructions.some((line) => /^(RUN|COPY|ADD)\s+--(mount|network|security|link|chmod)\b/i.test(line)) ||
      /<<-?["']?\w/.test(text),
  };
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
