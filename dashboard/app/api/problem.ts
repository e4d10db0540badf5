/** Why something did not happen, as a page shows it. */
export type Problem = {
  readonly message: string;
  /** What is wrong with a field, by the way to it within the input: `resources.memoryBytes`. */
  readonly fields: Readonly<Record<string, string>>;
  /** For support, and for who knows the API. */
  readonly code: string;
  readonly requestId: string | null;
};

/** Something that a page finds wrong by itself, before it asks. */
export const problemWith = (message: string, fields: Problem['fields'] = {}): Problem => ({
  message,
  fields,
  code: 'VALIDATION',
  requestId: null,
});

/** Something wrong with one field is told beside it, anything else above the form. */
export const problemAt = (problem: Problem | null | undefined, ...paths: readonly string[]): string | undefined =>
  paths.map((path) => problem?.fields[path]).find(Boolean);

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'message' in value && 'code' in value;
