import type { Mail } from '@apployd/core/mail';

type Ending = {
  readonly to: string;
  readonly hostname: string;
  readonly notAfter: Date;
  /** What is in the way, as a sentence that says what to do; null: nothing has failed, and yet it is not renewed. */
  readonly reason: string | null;
  readonly now: Date;
  readonly publicUrl: string;
};

/** Tells that a certificate is not renewed, until when it serves, and what to do. */
export function warningMail({ to, hostname, notAfter, reason, now, publicUrl }: Ending): Mail {
  const day = notAfter.toISOString().slice(0, 16).replace('T', ' ');
  const isOver = notAfter <= now;
  return {
    to,
    subject: isOver ? `The certificate of ${hostname} has ended` : `The certificate of ${hostname} is not renewed`,
    text: [
      isOver
        ? `The certificate of ${hostname} ended on ${day} UTC, and there is no next one yet.`
        : `The certificate of ${hostname} serves until ${day} UTC. It was to be renewed by now, and is not.`,
      reason ?? `Nothing was ordered: see that ${hostname} leads to this platform, and that its engine runs.`,
      `How far it is: ${publicUrl}`,
    ].join('\n\n'),
  };
}
