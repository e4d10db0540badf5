import type { SharedConfig } from '../config/shared.js';
import { createLogger, type Logger } from '../log/logger.js';
import type { MailTransport } from './mail-transport.js';
import { printMail } from './print.js';

export type MailConfig = Pick<SharedConfig, 'LOG_FORMAT'> & {
  readonly MAIL_URL?: string;
  readonly MAIL_FROM?: string;
};

/** Through the mail server where there is one, else to the log. */
export async function openMail(config: MailConfig, log: Logger): Promise<MailTransport> {
  const { MAIL_URL: url, MAIL_FROM: from, LOG_FORMAT: format } = config;
  if (url !== undefined && from !== undefined) return (await import('./smtp.js')).smtpMail({ url, from });
  log.warn('MAIL_URL is not set: mails are printed here, with the links in them, instead of being sent');
  return printMail(createLogger({ name: 'mail', level: 'info', format, showsLinks: true }));
}
