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

test('a database that is away is UNAVAILABLE, which clients ask again after', () => {
  const fault = Object.assign(new Error("Can't reach database server at db.internal:5432"), { code: 'P1001' });
  fault.name = 'PrismaClientKnownRequestError';
  const error = new GraphQLError(fault.message, { originalError: fault });
  const { message, extensions } = presentableError(error, 'request-1', silentLogger);
  expect(extensions).toMatchObject({ code: 'UNAVAILABLE', http: { status: 503 } });
  expect(message).not.toContain('db.internal');
});

test('what is wrong with a document is told', () => {
  const error = new GraphQLError('There is no field x.');
  expect(presentableError(error, 'request-1', silentLogger)).toMatchObject({
    message: 'There is no field x.',
    extensions: { code: 'BAD_REQUEST' },
  });
});
