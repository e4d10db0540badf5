import type { Blobs } from '@apployd/backplane/blobs/blobs';
import type { Events } from '@apployd/backplane/events/events';
import type { Jobs } from '@apployd/backplane/jobs/jobs';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Logs } from '@apployd/backplane/logs/logs';
import type { Keyring } from '@apployd/backplane/secret-box/keyring';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { OpenPayments, ReadPaymentEvent } from '@apployd/backplane/payments/payments';
import type { Db } from '@apployd/prisma/create-db';
import type { Auth } from './account/auth.js';
import type { RefusedCredentials } from './account/authenticate.js';
import type { Credentials } from './account/credentials.js';
import type { Attempts } from './account/attempts.js';
import type { LastReports } from './billing/last-reports.js';
import type { Places } from './deployment/place.js';
import type { Paid, Rates } from './limit/rates.js';
import type { ServerSettings } from './config.js';
import type { Fingerprints } from './fingerprints.js';
import type { Incoming } from './incoming.js';
import { missingSession, requestError } from './request-error.js';
import type { OpenStreams } from './stream/open-streams.js';
import type { SubscriptionLimit } from './stream/subscription-limit.js';
import type { Viewer } from './access/viewer.js';

/** What the server works with, built once in app.ts. */
export type Services = {
  readonly db: Db;
  readonly jobs: Pick<Jobs, 'ask'>;
  readonly events: Events;
  readonly logs: Pick<Logs, 'read' | 'search' | 'follow'>;
  readonly blobs: Pick<Blobs, 'put' | 'has'>;
  readonly secretBox: SecretBox;
  readonly keyring: Keyring;
  readonly log: Logger;
  /** Null where nothing is for sale. */
  readonly payments: OpenPayments | null;
  /** Null where nobody may call in what was paid. */
  readonly readPaymentEvent: ReadPaymentEvent | null;
  readonly auth: Auth;
  readonly credentials: Credentials;
  readonly fingerprints: Fingerprints;
  readonly settings: ServerSettings;
  readonly attempts: Attempts;
  readonly places: Places;
  readonly lastReports: LastReports;
  readonly rates: Rates;
  readonly streams: OpenStreams;
  readonly subscriptions: SubscriptionLimit;
};

/** Services, and what one request brings along. */
export type Context = Services &
  Incoming & {
    /** Null when nobody has signed in. Signing in sets it for the rest of the document. */
    viewer: Viewer | null;
    /** Credentials came along, but nothing answers to them. */
    readonly refused: RefusedCredentials | null;
    /** Of the header Idempotency-Key: for mutations whose input has none. */
    readonly idempotencyKey: string | null;
    /** What this operation was charged. */
    paid?: Paid;
    /** Ids of mails that were written, and are to be asked for once they are committed. */
    readonly queuedMail: string[];
    /** This document has signed up or in, or has tried to. */
    hasTriedToSignIn?: boolean;
  };

/** The viewer, or a top-level error that says why there is none. */
export function signedIn({ viewer, refused }: Pick<Context, 'viewer' | 'refused'>): Viewer {
  if (viewer) return viewer;
  if (refused === null) throw missingSession();
  throw requestError('UNAUTHENTICATED', sayRefused[refused], { reason: refused });
}

/** The viewer of what is a person's own: refused to tokens before anything is spent of what the person may try. */
export function signedInThemselves(context: Pick<Context, 'viewer' | 'refused'>): Viewer {
  const viewer = signedIn(context);
  viewer.requireSession();
  return viewer;
}

const sayRefused: Record<RefusedCredentials, string> = {
  MALFORMED: 'There is no such token. Send one of this platform, whole.',
  EXPIRED: 'This session or token has ended. Sign in again, or make a new token.',
  REVOKED: 'This token was revoked. Make a new one.',
};
