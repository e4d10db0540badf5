import { createTransport } from 'nodemailer'; // refused: house/imports
import { smtpMail } from './smtp.js';

export const print = [createTransport, smtpMail];
