import type { Logger } from '../log/logger.js';
import type { MailTransport } from './mail-transport.js';
import { printMail } from './print.js';

export type MailConfig = { readonly MAIL_URL?: string; readonly MAIL_FROM?: string };

/** Through the mail server where there is one, else to the log. */
export async function openMail({ MAIL_URL: url, MAIL_FROM: from }: MailConfig, log: Logger): Promise<MailTransport> {
  if (url !== undefined && from !== undefined) return (await import('./smtp.js')).smtpMail({ url, from });
  log.warn('MAIL_URL is not set: mails are printed here, with the links in them, instead of being sent');
  return printMail(log);
}
