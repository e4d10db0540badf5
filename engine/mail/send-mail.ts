import { MailFailure } from '@apployd/backplane/mail/mail-transport';
import { backoffMs } from '@apployd/core/backoff';
import { mailContext, type Mail } from '@apployd/core/mail';
import type { Mail as Row } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** Longer than a transport may take: until then nobody else takes the mail up. */
const heldMs = 2 * 60_000;
const firstRetryMs = 10_000;
const longestRetryMs = 60 * 60_000;
/** Over some two hours and a half. */
export const mostAttempts = 12;

/** Sends a mail that is due, and forgets it. One that was sent while the process died is sent once more, never lost. */
export async function sendMail(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const row = await takeUp(engine, id);
  if (!row) return;
  try {
    const mail = JSON.parse(engine.secretBox.open(row.sealed, mailContext(id))) as Mail;
    await engine.mail.send({ id, ...mail }, signal);
  } catch (error) {
    if (signal.aborted) return;
    return tryAgainOrGiveUp(engine, row, error);
  }
  await engine.db.mail.deleteMany({ where: { id } });
}

/** The mail with this attempt counted; null when it is not due, another has it, or it was sent. */
async function takeUp({ db, clock }: Engine, id: string): Promise<Row | null> {
  const now = clock.now();
  const row = await db.mail.findFirst({ where: { id, nextAttemptAt: { lte: now } } });
  if (!row) return null;
  const attempts = row.attempts + 1;
  const { count } = await db.mail.updateMany({
    where: { id, attempts: row.attempts, nextAttemptAt: { lte: now } },
    data: { attempts, nextAttemptAt: new Date(now.getTime() + heldMs) },
  });
  return count === 1 ? { ...row, attempts } : null;
}

/** What is logged is why, never what: neither the mail nor whose it is. */
async function tryAgainOrGiveUp({ db, clock, log }: Engine, { id, attempts }: Row, error: unknown): Promise<void> {
  const failure = error instanceof MailFailure ? error : null;
  const about = { mailId: id, attempts, reason: failure?.reason ?? 'UNREADABLE', status: failure?.status };
  if (failure?.isFinal || attempts >= mostAttempts) {
    log.error(about, `a mail was given up: ${failure?.message ?? unreadable}`);
    await db.mail.deleteMany({ where: { id } });
    return;
  }
  log.warn(about, `a mail was not sent, and is tried again: ${failure?.message ?? unreadable}`);
  const nextAttemptAt = new Date(clock.now().getTime() + backoffMs(attempts, firstRetryMs, longestRetryMs));
  await db.mail.updateMany({ where: { id, attempts }, data: { nextAttemptAt } });
}

const unreadable = 'What is kept of it cannot be opened; was its secret taken out of APPLOYD_SECRET?';
