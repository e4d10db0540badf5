import { GraphQLError, Kind } from 'graphql';
import { builder } from './builder.js';
import { idempotencyKeyShape, isIdempotencyKey } from './idempotency-header.js';
import { cursorOf, sequenceOf } from './stream/cursor.js';

builder.scalarType('DateTime', {
  description: 'An instant in UTC with milliseconds, as RFC 3339 writes it.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' ? new Date(value) : null;
    if (!date || Number.isNaN(date.getTime()))
      throw new GraphQLError('A DateTime looks like 2026-01-31T12:00:00.000Z.');
    return date;
  },
});

builder.scalarType('SafeInt', {
  description:
    "A whole number from 0 to 2^53-1, sent as a JSON number; in answers below 0 too, where an amount of money is credited. (GraphQL's Int ends at 2 GiB.)",
  serialize: (value) => signed(Number(value)),
  parseValue: (value) => safeInt(value),
  parseLiteral: (node) => safeInt(node.kind === Kind.INT ? Number(node.value) : null),
});

builder.scalarType('StreamCursor', {
  description: 'An opaque place in a stream. Compare it for equality only, and pass it back as `after`.',
  serialize: (value) => cursorOf(Number(value)),
  parseValue: (value) => sequenceOf(value),
});

builder.scalarType('IdempotencyKey', {
  description: `A key that the client makes: ${idempotencyKeyShape}. The same key with the same input gives the first result again for 24 hours.`,
  serialize: (value) => value,
  parseValue: (value) => {
    if (!isIdempotencyKey(value)) throw new GraphQLError(`An idempotency key has ${idempotencyKeyShape}.`);
    return value;
  },
});

builder.scalarType('JSONObject', {
  description: 'An object of JSON whose fields depend on the case.',
  serialize: (value) => value,
  parseValue: () => {
    throw new GraphQLError('A JSONObject is only given, never taken.');
  },
});

/** What is credited is an amount below nothing. */
function signed(value: number): number {
  return value < 0 ? -safeInt(-value) : safeInt(value);
}

function safeInt(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new GraphQLError('A SafeInt is a whole number from 0 to 2^53-1.');
  }
  return value;
}
