import type { FieldIssue } from '@apployd/core/refusal';
import { maxVariableBytes, maxVariables, variableKeyProblem } from '@apployd/core/variable';
import { formatIssue } from '../validation.js';
import type { VariablesSetInput } from './set.js';

/** Everything that is wrong with keys and values, and with how many there are. */
export function variableIssues({ variables, replaceAll }: VariablesSetInput): FieldIssue[] {
  const least = replaceAll ? 0 : 1;
  if (variables.length < least || variables.length > maxVariables) {
    const message = `Give ${least} to ${maxVariables} variables.`;
    return [{ path: ['variables'], rule: 'OUT_OF_RANGE', message }];
  }
  const seen = new Set<string>();
  return variables.flatMap(({ key, value }, index) => {
    const path = ['variables', String(index)];
    const twice = seen.has(key);
    seen.add(key);
    return [
      ...formatIssue([...path, 'key'], variableKeyProblem(key)),
      ...(twice ? [{ path: [...path, 'key'], rule: 'DUPLICATE', message: `${key} is named twice.` }] : []),
      ...(value == null ? [] : valueIssues([...path, 'value'], value)),
    ];
  });
}

function valueIssues(path: readonly string[], value: string): FieldIssue[] {
  if (value.includes('\0')) return [{ path, rule: 'INVALID_FORMAT', message: 'A value may not hold a NUL character.' }];
  if (Buffer.byteLength(value) <= maxVariableBytes) return [];
  return [{ path, rule: 'TOO_LONG', message: `A value may have at most ${maxVariableBytes / 1024} KiB.` }];
}
