import { ValidationError, type FieldIssue } from '@apployd/core/refusal';
import { isReserved, isSlug, type SlugOwner } from '@apployd/core/slug';

/** Refuses an input of which anything is wrong, with all that is wrong. */
export function checkInput(issues: readonly FieldIssue[]): void {
  if (issues.length > 0) throw new ValidationError(issues);
}

export function textIssues(
  path: readonly string[],
  text: string,
  { min, max, trim = true }: { readonly min: number; readonly max: number; readonly trim?: boolean },
): FieldIssue[] {
  const length = [...(trim ? text.trim() : text)].length;
  const name = path.at(-1) ?? 'text';
  if (length < min)
    return [
      {
        path,
        rule: 'TOO_SHORT',
        message: `${name} must have at least ${min} ${min === 1 ? 'character' : 'characters'}.`,
      },
    ];
  if (length > max) return [{ path, rule: 'TOO_LONG', message: `${name} may have at most ${max} characters.` }];
  // eslint-disable-next-line no-control-regex -- a NUL cannot be stored, the others have no place in a name
  if (trim && /[\u0000-\u001f\u007f]/.test(text))
    return [{ path, rule: 'INVALID_FORMAT', message: `${name} may not hold control characters.` }];
  return [];
}

/** An issue when there is a sentence about what is wrong. */
export function formatIssue(path: readonly string[], problem: string | null): FieldIssue[] {
  return problem === null ? [] : [{ path, rule: 'INVALID_FORMAT', message: problem }];
}

/** What is wrong with a slug that somebody chose: it is none, or a page has its address. */
export function slugIssues(path: readonly string[], owner: SlugOwner, slug: string): FieldIssue[] {
  if (!isSlug(slug)) {
    const message = 'A slug has 1 to 40 characters of a-z, 0-9 and single dashes, with a letter or digit at both ends.';
    return formatIssue(path, message);
  }
  if (!isReserved(owner, slug)) return [];
  const message = `The slug ${slug} is reserved: that address is a page of Apployd. Choose another, such as ${slug}-app.`;
  return [{ path, rule: 'RESERVED', message }];
}
