import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

test("temporary folders are where PostgreSQL's user reaches them", async () => {
  const open = await mkdtemp(path.join(os.tmpdir(), 'launch-test-'));
  const closed = await mkdtemp(path.join(open, 'private-'));
  try {
    await chmod(open, 0o755);
    expect(await temporaryFolder(open)).toBe(open);
    // mkdtemp makes it for its owner alone, which matters to root only: nobody else starts PostgreSQL as another user.
    expect(await temporaryFolder(closed)).toBe(process.getuid?.() === 0 ? '/var/tmp' : closed);
  } finally {
    await rm(open, { recursive: true });
  }
});
