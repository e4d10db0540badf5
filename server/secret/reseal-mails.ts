import { mailContext } from '@apployd/core/mail';
import type { Mail } from '@apployd/prisma/generated/client/client';
import { opening, pageSize, resealEach, type Reseal, type Rotation } from './rotation.js';

/** Seals mails that wait to be sent with the newest of the platform's secrets. */
export const resealMails: Reseal = (rotation, write) =>
  resealEach(
    staleMails(rotation),
    ({ id }) => `mail ${id}`,
    async ({ id, sealed: former }) => {
      const { platform, db } = rotation;
      const sealed = opening(() => platform.seal(platform.openBytes(former, mailContext(id)), mailContext(id)));
      if (write) await db.mail.updateMany({ where: { id, sealed: former }, data: { sealed } });
    },
  );

async function* staleMails({ db, platform }: Rotation): AsyncGenerator<readonly Mail[]> {
  let after: string | undefined;
  do {
    const page: Mail[] = await db.mail.findMany({
      where: after ? { id: { gt: after } } : {},
      orderBy: { id: 'asc' },
      take: pageSize,
    });
    yield page.filter(({ sealed }) => !platform.isCurrent(sealed));
    after = page.length < pageSize ? undefined : page.at(-1)?.id;
  } while (after);
}
