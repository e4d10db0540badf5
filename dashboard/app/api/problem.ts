/** Why something was refused, as a form shows it. */
export type Problem = {
  readonly message: string;
  /** What is wrong with a field, by the way to it within the input: `resources.memoryBytes`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly kind: string;
};

/** Something wrong with one field is told beside it, anything else above the form. */
export const problemAt = (problem: Problem | null | undefined, ...paths: readonly string[]): string | undefined =>
  paths.map((path) => problem?.fields[path]).find(Boolean);
