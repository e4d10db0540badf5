import { expect, test } from 'vitest';
import { pathForLog } from './path-for-log.js';

test.each([
  ['/invitations/s3cret', '/invitations/…'],
  ['/invitations/s3cret.data?_routes=x', '/invitations/…'],
  ['/reset-password/s3cret', '/reset-password/…'],
  ['/verify-email/s3cret/', '/verify-email/…'],
  ['/Verify-Email/s3cret', '/Verify-Email/…'],
  ['/reset-password', '/reset-password'],
  ['/ada/shop/deployments/3', '/ada/shop/deployments/3'],
])('of %s the log has %s, and no secret of a link', (page, logged) => {
  expect(pathForLog(`http://localhost${page}`)).toBe(logged);
});
