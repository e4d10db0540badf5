import { silentLogger } from '@apployd/backplane/log/logger';
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { presentableError } from './faults.js';

test('a fault goes out as INTERNAL without a word of its own, however often it was wrapped on the way', () => {
  const fault = new Error('SELECT secrets FROM somewhere');
  const wrapped = new GraphQLError(fault.message, { originalError: fault });
  for (const error of [wrapped, new GraphQLError(wrapped.message, { originalError: wrapped })]) {
    const { message, extensions } = presentableError(error, 'request-1', silentLogger);
    expect(extensions).toEqual({ code: 'INTERNAL', requestId: 'request-1', http: expect.anything() });
    expect(message).not.toContain('SELECT');
  }
});

test('what is wrong with a document is told', () => {
  const error = new GraphQLError('There is no field x.');
  expect(presentableError(error, 'request-1', silentLogger)).toMatchObject({
    message: 'There is no field x.',
    extensions: { code: 'BAD_REQUEST' },
  });
});
