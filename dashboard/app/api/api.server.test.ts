import { NetworkError, ProtocolError, RateLimitError, RequestError, ServerError, TimeoutError } from '@apployd/sdk';
import { expect, test, vi } from 'vitest';
import { signedIn } from './api.server.js';

test('a fault of the dashboard is logged with its page, but without the secret in its address', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const request = new Request('http://localhost/invitations/s3cret');
  const context = { serverUrl: 'http://localhost:1', visitor: '192.0.2.1', requestId: 'request-7' };
  const fault = await signedIn({ request, context }, () => Promise.reject(new Error('our fault'))).catch(
    (thrown: Response) => thrown,
  );
  const logged = String(write.mock.calls[0]?.[0]);
  write.mockRestore();
  expect((fault as Response).status).toBe(500);
  expect(logged).toMatch(/^request-7 GET \/invitations\/…: Error: our fault/);
  expect(logged).not.toContain('s3cret');
});

const details = { code: 'ANY', status: 400, requestId: null, retryAfterMs: null };

test.each([
  [429, new RateLimitError('too often', details)],
  [502, new NetworkError('away')],
  [502, new TimeoutError('late', 1_000)],
  [502, new ServerError('their fault', details)],
  [500, new RequestError('sending it again will not help', details)],
  [500, new ProtocolError('no GraphQL')],
])('a page is tried again by its status %i only where that may help: %s', async (status, error) => {
  const context = { serverUrl: 'http://localhost:1', visitor: '192.0.2.1', requestId: 'request-8' };
  const call = { request: new Request('http://localhost/acme'), context };
  const refused = await signedIn(call, () => Promise.reject(error)).catch((thrown: Response) => thrown);
  expect((refused as Response).status).toBe(status);
});
