import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';

/**
 * A file that hostile texts would make, watched by the suite that asks for it: one that an earlier run left is removed first,
 * and once the suite is over there must be none.
 */
export function canary(suite: string): string {
  const path = `/tmp/apployd-canary-${suite}`;
  beforeAll(() => rmSync(path, { force: true }));
  afterAll(() => expect(existsSync(path), `${path} was made: a hostile text was run`).toBe(false));
  return path;
}
