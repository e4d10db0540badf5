import type { Mail } from '@apployd/core/mail';

export type OutgoingMail = Mail & {
  /** Of its row: the same mail, sent again, is recognised by it. */
  readonly id: string;
};

/** Brings mails on their way. */
export interface MailTransport {
  /**
   * Resolves once whoever is next on the way has taken the mail. Rejects with a MailFailure, within a minute, or at once
   * when the signal fires; then it may have been taken all the same.
   */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
  /** Ends its connections. A mail that is sent afterwards is refused. */
  close(): Promise<void>;
}

export type MailFailureReason =
  /** No connection, or no answer in time. */
  | 'UNREACHABLE'
  /** No encryption, or a certificate that nobody vouches for. */
  | 'NOT_PRIVATE'
  /** The user or the password is wrong. */
  | 'NOT_LET_IN'
  /** Mails may not come from MAIL_FROM. */
  | 'SENDER_REFUSED'
  /** Not now; later perhaps. */
  | 'DEFERRED'
  /** Not this mail, ever. */
  | 'REFUSED'
  | 'CLOSED';

/** Why a mail was not taken. It never repeats words of the other side, which may quote the mail. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  readonly reason: MailFailureReason;
  /** SMTP's number, where there was an answer. */
  readonly status: number | null;
  constructor(reason: MailFailureReason, status: number | null = null) {
    super(`${sentences[reason]}${status === null ? '' : ` (${status})`}`);
    this.reason = reason;
    this.status = status;
  }
  /** Trying again is of no use. */
  get isFinal(): boolean {
    return this.reason === 'REFUSED';
  }
}

const sentences: Record<MailFailureReason, string> = {
  UNREACHABLE: 'The mail server cannot be reached, or does not answer. See to MAIL_URL and the network.',
  NOT_PRIVATE: 'The mail server offers no encryption, or shows a certificate that nobody vouches for.',
  NOT_LET_IN: 'The mail server does not accept the user and password of MAIL_URL.',
  SENDER_REFUSED: 'The mail server does not let mails come from the address of MAIL_FROM.',
  DEFERRED: 'The mail server does not take the mail now.',
  REFUSED: 'The mail server refuses the mail.',
  CLOSED: 'This transport is closed.',
};
