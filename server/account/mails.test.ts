import { expect, test } from 'vitest';
import { addressTakenMail, noticeMail, resetMail, verificationMail, type Happening } from './mails.js';

const to = 'ada@example.com';
const url = 'https://apployd.example.com';
const at = new Date('2026-11-27T12:05:00Z');
const link = { to, url, secret: 'abc-_123', expiresAt: at };

test('a mail with a link has it on a line of its own, says until when it is good, and what to do else', () => {
  const { subject, text } = verificationMail(link);
  expect(subject).toBe('Verify your e-mail address');
  expect(text.split('\n')).toContain('https://apployd.example.com/verify-email/abc-_123');
  expect(text).toMatch(/until 27 November 2026(,| at) 12:05 UTC\. If it was not you, do nothing/);
  const reset = resetMail(link).text;
  expect(reset.split('\n')).toContain('https://apployd.example.com/reset-password/abc-_123');
  expect(reset).toMatch(/works once, until 27 November 2026.* UTC/);
});

test('a notice says what happened, when, where, and what to do when it was somebody else', () => {
  const all: Happening[] = [
    'passwordChanged',
    'passwordReset',
    'emailChangeAsked',
    'emailChanged',
    'twoFactorEnabled',
    'twoFactorDisabled',
  ];
  const subjects = all.map((what) => {
    const { subject, text } = noticeMail({ to, url, what, at });
    expect(text).toMatch(/27 November 2026.*12:05 UTC, at Apployd \(apployd\.example\.com\)/);
    if (what !== 'emailChanged') expect(text).toContain(`${url}/reset-password`);
    return subject;
  });
  expect(new Set(subjects).size).toBe(all.length);
});

test('the former address is not sent to a page that can do nothing for it any more', () => {
  const { text } = noticeMail({ to, url, what: 'emailChanged', at });
  expect(text).toContain('ask who runs this platform');
  expect(text).not.toContain('/reset-password');
});

test('every mail is plain, in whole sentences, to the address that it is for', () => {
  const all = [
    verificationMail(link),
    resetMail(link),
    addressTakenMail({ to, url }),
    noticeMail({ to, url, what: 'passwordReset', at }),
  ];
  for (const mail of all) {
    expect(mail.to).toBe(to);
    expect(mail.text).not.toMatch(/[!<>]|\bwe\b|\bour\b/i);
    expect(mail.text.endsWith('\n')).toBe(true);
    expect(mail.subject).toMatch(/^[A-Z][^.]{10,60}$/);
  }
});
