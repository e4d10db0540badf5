import type { Mail } from '@apployd/core/mail';

/** The mails about an account. None repeats what a stranger could have typed: anybody can sign up with any address. */

export type Link = { readonly to: string; readonly url: string; readonly secret: string; readonly expiresAt: Date };

export function verificationMail({ to, url, secret, expiresAt }: Link): Mail {
  return {
    to,
    subject: 'Verify your e-mail address',
    text: paragraphs(
      `Somebody, probably you, gave ${to} as an address at Apployd (${hostOf(url)}). Open this link to verify that it is yours:`,
      `${url}/verify-email/${secret}`,
      `The link works once, until ${instant(expiresAt)}. If it was not you, do nothing: without the link the address stays unverified.`,
    ),
  };
}

export function resetMail({ to, url, secret, expiresAt }: Link): Mail {
  return {
    to,
    subject: 'Reset your password',
    text: paragraphs(
      `Somebody, probably you, asked for a new password at Apployd (${hostOf(url)}). Open this link to choose one:`,
      `${url}/reset-password/${secret}`,
      `The link works once, until ${instant(expiresAt)}. A new password ends every session. If it was not you, do nothing: your password stays as it is.`,
    ),
  };
}

/** To an address that has an account, when another account wants it. */
export function addressTakenMail({ to, url }: { readonly to: string; readonly url: string }): Mail {
  return {
    to,
    subject: 'This address has an account already',
    text: paragraphs(
      `Somebody asked to use ${to} for another account at Apployd (${hostOf(url)}). It has one already, so nothing was changed.`,
      `If it was you, sign in with this address: ${url}/login`,
    ),
  };
}

export type Happening =
  | 'passwordChanged'
  | 'passwordReset'
  | 'emailChangeAsked'
  | 'emailChanged'
  | 'twoFactorEnabled'
  | 'twoFactorDisabled';

export type Notice = { readonly to: string; readonly url: string; readonly what: Happening; readonly at: Date };

/** Tells the person what has happened to their account, in case it was not them. */
export function noticeMail({ to, url, what, at }: Notice): Mail {
  const [subject, sentence] = happenings[what];
  return {
    to,
    subject,
    text: paragraphs(
      `${sentence} That was on ${instant(at)}, at Apployd (${hostOf(url)}).`,
      what === 'emailChanged'
        ? askOperator
        : `If it was not you, ask for a new password at once: ${url}/reset-password`,
    ),
  };
}

/** A link for a new password would go to the other address by now. */
const askOperator =
  'If it was not you, ask who runs this platform: a new password can no longer be asked for with this one.';

const happenings: Record<Happening, readonly [subject: string, sentence: string]> = {
  passwordChanged: [
    'Your password was changed',
    'Your password was changed, and every other session ended. API tokens work on until you revoke them.',
  ],
  passwordReset: [
    'Your password was reset',
    'Your password was reset by a link from a mail, and every session ended. API tokens work on until you revoke them.',
  ],
  emailChangeAsked: [
    'Another e-mail address was asked for',
    'Somebody who has your password asked for another e-mail address for your account. It changes once the link that was sent there is opened; a new password ends that link.',
  ],
  emailChanged: [
    'Your e-mail address was changed',
    'Your account has another e-mail address now; mails go there from here on.',
  ],
  twoFactorEnabled: [
    'Signing in asks for a code now',
    'The second factor of your account was turned on, and every other session ended.',
  ],
  twoFactorDisabled: [
    'Signing in asks for no code any more',
    'The second factor of your account was turned off, and every other session ended: the password alone signs in.',
  ],
};

function paragraphs(...all: readonly string[]): string {
  return `${all.join('\n\n')}\n`;
}

function hostOf(url: string): string {
  return new URL(url).host;
}

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

function instant(at: Date): string {
  return `${format.format(at)} UTC`;
}
