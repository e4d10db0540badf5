import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../config/parse-config.js';
import { checkSender, mailServerOf, mailSettings } from './mail-settings.js';

const settings = z.object(mailSettings).superRefine(checkSender);
const from = 'Apployd <no-reply@example.com>';
const parse = (environment: Record<string, string>) => parseConfig(settings, environment);

test.each([
  ['smtps://me:secret@mail.example.com', { host: 'mail.example.com', port: 465, tls: 'at-once', user: 'me' }],
  ['smtp://me:secret@mail.example.com', { host: 'mail.example.com', port: 587, tls: 'required' }],
  ['smtp://me%40example.com:p%3Aw%25@mail.example.com:2525', { port: 2525, user: 'me@example.com', password: 'p:w%' }],
  ['smtp://me@example.com:secret@mail.example.com', { user: 'me@example.com', password: 'secret' }],
  ['smtp://relay.internal:25?tls=off', { tls: 'off', user: null, password: null }],
  ['smtp://127.0.0.1:1025', { host: '127.0.0.1', tls: 'off' }],
  ['smtp://me:secret@localhost:1025', { tls: 'off', password: 'secret' }],
  ['smtp://localhost?tls=required', { tls: 'required' }],
  ['smtp://[::1]:1025', { host: '::1', tls: 'off' }],
])('%s is understood', (url, expected) => {
  expect(parse({ MAIL_URL: url, MAIL_FROM: from }).MAIL_URL).toBe(url);
  expect(mailServerOf(url)).toMatchObject(expected);
});

test.each([
  'mail.example.com',
  'http://me:secret@mail.example.com',
  'smtp://',
  'smtp://:secret@mail.example.com',
  'smtp://me:100%@mail.example.com',
  'smtp://mail.example.com/path',
  'smtp://mail.example.com?tls=maybe',
  'smtp://mail.example.com?pool=true',
  'smtp://me:secret@mail.example.com?tls=off',
])('%s is refused with what to do, and without its password', (url) => {
  const complaint = () => parse({ MAIL_URL: url, MAIL_FROM: from });
  expect(complaint).toThrow(/MAIL_URL is to be /);
  expect(complaint).not.toThrow(/secret@|100%/);
});

test('a server needs a sender, and a sender is an address', () => {
  const MAIL_URL = 'smtps://mail.example.com';
  expect(() => parse({ MAIL_URL })).toThrow(/MAIL_FROM is missing: it is to be the address that mails come from/);
  for (const wrong of ['nobody', 'a@b, c@d', 'A <a@b>\r\nBcc: c@d', '<a@b', 'A "<a@b>'])
    expect(() => parse({ MAIL_URL, MAIL_FROM: wrong })).toThrow(/MAIL_FROM is to be an address/);
  for (const right of [from, 'no-reply@example.com']) expect(parse({ MAIL_URL, MAIL_FROM: right })).toBeTruthy();
  expect(parse({})).toEqual({});
});
