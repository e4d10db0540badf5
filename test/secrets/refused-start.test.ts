import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { newOrganizationKey } from '@apployd/backplane/secret-box/organization-keys';
import { newId } from '@apployd/core/id';
import { testDatabase } from '@apployd/prisma/test-database';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = ['server', 'engine'];

/** What a room says that is started by itself and does not come up. */
async function complaintOf(room: string, env: Record<string, string>): Promise<string> {
  const command = ['--conditions=source', '--import', 'tsx', `${room}/main.ts`];
  const { PATH = '' } = process.env;
  const started = run(process.execPath, command, { cwd: root, env: { PATH, ...env }, timeout: 60_000 });
  const { code, stdout, stderr } = (await started.catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  )) as { code?: number; stdout: string; stderr: string };
  expect(code).toBe(1);
  return stderr || stdout;
}

test.each(rooms)(
  'a %s without a secret does not start, and says so in one line',
  async (room) => {
    const complaint = await complaintOf(room, { DATABASE_URL: 'postgresql://127.0.0.1:1/x' });
    expect(complaint).toMatch(
      /^\w+: The configuration is not right: APPLOYD_SECRET is missing: it is to be at least 32 random/,
    );
    expect(complaint.trim().split('\n')).toHaveLength(1);
  },
  90_000,
);

test.each(rooms)(
  'a %s with a secret of an example does not start, and says so in one line',
  async (room) => {
    const APPLOYD_SECRET = 'change-me-to-something-long-and-random';
    const complaint = await complaintOf(room, { DATABASE_URL: 'postgresql://127.0.0.1:1/x', APPLOYD_SECRET });
    expect(complaint).toMatch(/APPLOYD_SECRET is to be random, such as `openssl rand -hex 32` prints/);
    expect(complaint.trim().split('\n')).toHaveLength(1);
  },
  90_000,
);

test('neither starts on a database whose keys another secret wrapped', async () => {
  const database = await testDatabase();
  try {
    const id = newId();
    const data = { id, slug: 'acme', name: 'Acme', plan: { connect: { code: 'FREE' } } };
    await database.db.organization.create({ data });
    const platform = aesGcmSecretBox(randomBytes(32).toString('hex'));
    await database.db.organizationKey.create({ data: newOrganizationKey(platform, id, 1) });
    const env = { DATABASE_URL: database.url, APPLOYD_SECRET: randomBytes(32).toString('hex') };
    for (const room of rooms) {
      expect(await complaintOf(room, env)).toContain('APPLOYD_SECRET does not open what this database holds');
    }
  } finally {
    await database.close();
  }
}, 120_000);
