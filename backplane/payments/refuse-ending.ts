import { InvalidStateError } from '@apployd/core/refusal';

/**
 * A subscription that is to end becomes nothing else when its period does: two decisions would stand against each other, and
 * one of them be lost where the other fails.
 */
export function isToEnd(): InvalidStateError {
  const message = 'The subscription is to end. Have it go on first, then choose what it becomes when the period ends.';
  return new InvalidStateError(message, 'ENDING', ['ACTIVE']);
}
