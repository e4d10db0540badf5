import { shortestMasked } from '@apployd/core/variable';

/** A variable as it is set: null removes it. */
export type SetVariable = {
  readonly key: string;
  readonly value: string | null;
  readonly isSecret: boolean;
  /** What it was until now. */
  readonly wasSecret: boolean;
};

/** Kept with the answer for a replay, which warns alike: a warning names keys and never a value. */
export type Warning = { path: string[]; rule: string; message: string };

/** What was done as asked, and may surprise. */
export function warningsOf(variables: readonly SetVariable[]): Warning[] {
  return variables.flatMap((variable, index) => {
    const { key, value, isSecret, wasSecret } = variable;
    if (value === null) return [];
    if (isSecret && value.length < shortestMasked) {
      return {
        path: ['variables', String(index), 'value'],
        rule: 'TOO_SHORT_TO_MASK',
        message: `${key} has fewer than ${shortestMasked} characters: logs will show it. Choose a longer value.`,
      };
    }
    if (isSecret || !wasSecret) return [];
    return {
      path: ['variables', String(index), 'isSecret'],
      rule: 'NO_LONGER_SECRET',
      message: `${key} was secret: its new value can be read, and logs will show it. Set another one with isSecret: true if that is not meant.`,
    };
  });
}
