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
  const subjects = (
    ['passwordChanged', 'passwordReset', 'emailChanged', 'twoFactorEnabled', 'twoFactorDisabled'] as Happening[]
  ).map((what) => {
    const { subject, text } = noticeMail({ to, url, what, at });
    expect(text).toMatch(/27 November 2026.*12:05 UTC, at Apployd \(apployd\.example\.com\)/);
    expect(text).toContain(`${url}/reset-password`);
    return subject;
  });
  expect(new Set(subjects).size).toBe(5);
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
