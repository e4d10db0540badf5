import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '@apployd/backplane/log/logger';
import type { MailTransport } from '@apployd/backplane/mail/mail-transport';
import { newId } from '@apployd/core/id';
import { mailContext } from '@apployd/core/mail';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { askForMail } from '../reconcile/ask-for-mail.js';
import { anEngine, type TestEngine } from '../testing/an-engine.js';
import { mostAttempts, sendMail } from './send-mail.js';

const mail = { to: 'ada@example.com', subject: 'Reset', text: 'https://example.com/reset-password?token=s3cret' };
const never = new AbortController().signal;

let database: TestDatabase;
let engine: TestEngine;
let logged: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  logged = '';
  const log = createLogger({ name: 'engine', level: 'trace', format: 'json', write: (line) => (logged += line) });
  engine = Object.assign(await anEngine(database), { log });
});
afterEach(async () => {
  await database.db.mail.deleteMany();
  await engine.close();
});

async function queued({ nextAttemptAt = new Date(0) } = {}): Promise<string> {
  const id = newId();
  const sealed = engine.secretBox.seal(JSON.stringify(mail), mailContext(id));
  await database.db.mail.create({ data: { id, sealed, nextAttemptAt } });
  return id;
}
const row = (id: string) => database.db.mail.findUnique({ where: { id } });
/** Later, as far as this mail is concerned. */
const becomeDue = (id: string) => database.db.mail.update({ where: { id }, data: { nextAttemptAt: new Date(0) } });

describe('a mail', () => {
  test('is sent as it was queued, and forgotten', async () => {
    const id = await queued();
    await sendMail(engine, id, never);
    expect(engine.mail.sent).toEqual([{ id, ...mail }]);
    expect(await row(id)).toBeNull();
    await sendMail(engine, id, never);
    expect(engine.mail.sent).toHaveLength(1);
  });

  test('that several take up at the same moment is sent once', async () => {
    const id = await queued();
    await Promise.all(Array.from({ length: 5 }, () => sendMail(engine, id, never)));
    expect(engine.mail.sent).toHaveLength(1);
  });

  test('that could not be sent waits longer each time, and is sent when it can be', async () => {
    const id = await queued();
    engine.mail.fail('UNREACHABLE');
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await sendMail(engine, id, never);
      const { nextAttemptAt, attempts } = (await row(id))!;
      expect(attempts).toBe(attempt);
      waits.push(nextAttemptAt.getTime() - Date.now());
      await sendMail(engine, id, never);
      expect((await row(id))?.attempts).toBe(attempt);
      await becomeDue(id);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    engine.mail.fail(null);
    await sendMail(engine, id, never);
    expect(engine.mail.sent).toHaveLength(1);
  });

  test('is given up after a bounded number of attempts', async () => {
    const id = await queued();
    engine.mail.fail('NOT_LET_IN');
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      expect(await row(id)).not.toBeNull();
      await becomeDue(id);
      await sendMail(engine, id, never);
    }
    expect(await row(id)).toBeNull();
    expect(logged.trim().split('\n').at(-1)).toMatch(/"level":50.*"reason":"NOT_LET_IN".*given up/);
  });

  test('that is refused for good is given up at once', async () => {
    const id = await queued();
    engine.mail.fail('REFUSED');
    await sendMail(engine, id, never);
    expect(await row(id)).toBeNull();
    expect(logged).toMatch(/"level":50.*"reason":"REFUSED"/);
  });

  test('that cannot be opened is tried again, when its secret may be back', async () => {
    const id = newId();
    const sealed = engine.secretBox.seal(JSON.stringify(mail), mailContext('another row'));
    await database.db.mail.create({ data: { id, sealed } });
    await sendMail(engine, id, never);
    expect((await row(id))?.attempts).toBe(1);
    expect(logged).toMatch(/"reason":"UNREADABLE"/);
  });

  test('is never in the log, nor whose it is', async () => {
    for (const reason of ['UNREACHABLE', 'REFUSED', null] as const) {
      engine.mail.fail(reason);
      await sendMail(engine, await queued(), never);
    }
    const broken: Pick<MailTransport, 'send'> = { send: async ({ text }) => Promise.reject(new Error(text)) };
    await sendMail({ ...engine, mail: broken }, await queued(), never);
    expect(logged.trim().split('\n')).toHaveLength(3);
    expect(logged).not.toMatch(/s3cret|ada@example/);
  });

  test('whose worker is ending stays, for the next one', async () => {
    const id = await queued();
    await sendMail(engine, id, AbortSignal.abort());
    expect(await row(id)).not.toBeNull();
    expect(engine.mail.sent).toEqual([]);
    await becomeDue(id);
    await sendMail(engine, id, never);
    expect(engine.mail.sent).toHaveLength(1);
  });
});

test('a mail of which the ask was lost is found again, and one that is not due is left alone', async () => {
  const [lost, later] = [await queued(), await queued({ nextAttemptAt: new Date(Date.now() + 60_000) })];
  const asked: string[] = [];
  await askForMail({ ...engine, jobs: { ...engine.jobs, ask: async (name, id) => void asked.push(`${name} ${id}`) } });
  expect(asked).toEqual([`mail ${lost}`]);
  expect(await row(later)).not.toBeNull();
});
