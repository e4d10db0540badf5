import { requestError } from '../request-error.js';

/** The opaque text for a place in a log: behind the line with this sequence. */
export function cursorOf(sequence: number): string {
  return Buffer.from(`1:${sequence}`).toString('base64url');
}

/** The sequence behind a cursor of ours; anything else is a bad request. */
export function sequenceOf(cursor: unknown): number {
  const text = typeof cursor === 'string' && cursor.length <= 64 ? Buffer.from(cursor, 'base64url').toString() : '';
  const sequence = /^1:(\d{1,16})$/.exec(text)?.[1];
  if (sequence === undefined || !Number.isSafeInteger(Number(sequence))) {
    throw requestError('BAD_REQUEST', 'This is not a cursor of a stream. Pass back one that the stream gave, or none.');
  }
  return Number(sequence);
}
