import type { Engine } from '../engine.js';

const most = 500;

/** Asks for mails that are due: those to be tried again, and those of which the first ask was lost. */
export async function askForMail({ db, clock, jobs }: Engine): Promise<void> {
  const due = await db.mail.findMany({
    where: { nextAttemptAt: { lte: clock.now() } },
    orderBy: { nextAttemptAt: 'asc' },
    take: most,
    select: { id: true },
  });
  for (const { id } of due) await jobs.ask('mail', id);
}
