import type { Logger } from '@apployd/backplane/log/logger';

/** What Nginx has not taken, by the names in its lines (see `route-lines.ts`): for want of room, as a rule. It is told again. */
export type LeftOut = {
  /** These lines were told, and what of them was not taken came back: a name each, and why. */
  told(lines: readonly string[], refused: readonly string[]): void;
  names(): ReadonlySet<string>;
};

export function leftOut(parts: {
  readonly log: Logger;
  /** In the log. */
  readonly what: string;
  readonly onChange?: (count: number) => void;
}): LeftOut {
  const { log, what, onChange = () => {} } = parts;
  const names = new Set<string>();
  return {
    told: (lines, refused) => {
      const before = new Set(names);
      for (const line of lines) names.delete(secondWord(line));
      for (const each of refused) names.add(firstWord(each));
      const news = refused.filter((each) => !before.has(firstWord(each)));
      if (news.length > 0) log.error({ leftOut: news }, `Nginx did not take every ${what}: it is told again`);
      if (before.size > 0 && names.size === 0) log.info(`Nginx has taken every ${what} by now`);
      if (before.size > 0 || names.size > 0) onChange(names.size);
    },
    names: () => names,
  };
}

const firstWord = (text: string) => text.split(' ', 1)[0] ?? '';
const secondWord = (line: string) => line.split(' ', 2)[1] ?? '';
