type Step = { readonly percent: number; readonly minutes: number };

/** Steps as people type them: a line each, `5 % for 10 minutes`. */
export const stepLines = (steps: readonly Step[]): string =>
  steps.map(({ percent, minutes }) => `${percent} % for ${minutes} minutes`).join('\n');

/** Reads them, also the bare numbers; empty lines do not count. A text says which line is none. */
export function stepsOf(text: string): Step[] | string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const steps = lines.map((line) => /^(\d{1,4})\s*%?\s*(?:for\s+)?(\d{1,6})\s*(?:min(?:utes?)?)?$/i.exec(line));
  const wrong = steps.findIndex((step) => step === null);
  if (wrong >= 0) return `“${lines[wrong]}” is no step: write it as “5 % for 10 minutes”.`;
  return steps.map((step) => ({ percent: Number(step?.[1]), minutes: Number(step?.[2]) }));
}
