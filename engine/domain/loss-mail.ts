import { challengeName, keptForMs } from '@apployd/core/domain';
import type { Mail } from '@apployd/core/mail';

type Lost = {
  readonly to: string;
  readonly name: string;
  /** What the TXT record is to say. */
  readonly proof: string;
  readonly lostAt: Date;
  readonly publicUrl: string;
};

/** Tells who sees to a domain that its proof is gone, until when it is kept for them, and what to set. */
export function lossMail({ to, name, proof, lostAt, publicUrl }: Lost): Mail {
  const until = new Date(lostAt.getTime() + keptForMs).toISOString().slice(0, 10);
  return {
    to,
    subject: `The proof of ${name} is gone`,
    text: [
      `The TXT record that proves that ${name} is yours is gone. Visitors reach your app by ${name} as before.`,
      `From ${until} (UTC) on, another organization that proves that ${name} is theirs gets it. To keep it, set this record again at your DNS provider:`,
      `${challengeName(name)} TXT ${proof}`,
      `What else was found is on the page Domains of its project: ${publicUrl}`,
    ].join('\n\n'),
  };
}
