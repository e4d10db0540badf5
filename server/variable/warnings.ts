import type { FieldIssue } from '@apployd/core/refusal';
import { shortestMasked } from '@apployd/core/variable';

type Given = { readonly key: string; readonly value?: string | null; readonly isSecret?: boolean | null };

/** What was done as asked, and may surprise: it follows from the input, so that a replay warns alike. */
export function warningsOf(variables: readonly Given[]): FieldIssue[] {
  return variables.flatMap(({ key, value, isSecret }, index) =>
    !isSecret || value == null || value.length >= shortestMasked
      ? []
      : {
          path: ['variables', String(index), 'value'],
          rule: 'TOO_SHORT_TO_MASK',
          message: `${key} has fewer than ${shortestMasked} characters: logs will show it. Choose a longer value.`,
        },
  );
}
