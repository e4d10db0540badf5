import { failures, type FailureCode } from '@apployd/core/failure';
import { builder } from '../builder.js';

export const FailureCodeRef = builder.enumType('FailureCode', {
  description: 'Why a deployment FAILED. New values may appear.',
  values: Object.fromEntries(Object.keys(failures).map((code) => [code, {}])) as Record<FailureCode, object>,
});

/** Null for what is none, or none any more. */
export function failureCodeOf(text: string | null): FailureCode | null {
  return text !== null && Object.hasOwn(failures, text) ? (text as FailureCode) : null;
}
