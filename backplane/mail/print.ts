import type { Logger } from '../log/logger.js';
import { MailFailure, type MailTransport } from './mail-transport.js';

/** Writes mails, with their links, to the log instead of sending them: for development, and whoever runs it alone. */
export function printMail(log: Pick<Logger, 'info'>): MailTransport {
  let open = true;
  return {
    send: async ({ id, to, subject, text }, signal) => {
      if (signal.aborted) throw new MailFailure('UNREACHABLE');
      if (!open) throw new MailFailure('CLOSED');
      log.info({ mailId: id }, `A mail to ${to}, which is printed because MAIL_URL is not set: ${subject}\n\n${text}`);
    },
    close: async () => {
      open = false;
    },
  };
}
