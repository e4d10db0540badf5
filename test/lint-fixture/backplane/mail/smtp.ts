import { createTransport } from 'nodemailer';

export const smtpMail = createTransport;
