import { parseConfig } from '@apployd/backplane/config/parse-config';
import { port } from '@apployd/backplane/config/port';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { mailSettings } from '@apployd/backplane/mail/mail-settings';
import { paymentSettings } from '@apployd/backplane/payments/payment-settings';
import { actions, type Action } from '@apployd/core/access';
import { GiB, MiB } from '@apployd/core/resources';
import { z } from 'zod';

const wholeNumber = z.coerce.number().int();

export const serverSettings = z.object({
  ...sharedSettings.shape,
  SERVER_HOST: z.string().min(1).default('127.0.0.1').describe('Address at which the API listens.'),
  SERVER_PORT: port.default(4000).describe('Port at which the API listens; 0 takes any free one.'),
  SERVER_DATABASE_CONNECTIONS: wholeNumber
    .min(1)
    .max(200)
    .default(10)
    .describe('Connections to PostgreSQL, beside those of queue and events.'),
  SERVER_DEFAULT_PLAN: z
    .string()
    .min(1)
    .default('FREE')
    .describe('Code of the plan that a new organization begins with.'),
  SERVER_RATE_POINTS: wholeNumber
    .min(1_000)
    .default(5_000)
    .describe('Points that a person or token may spend at once on queries and mutations.'),
  SERVER_RATE_POINTS_PER_SECOND: wholeNumber.min(1).default(50).describe('Points that come back each second.'),
  SERVER_RATE_PAID_POINTS: wholeNumber
    .min(1_000)
    .default(20_000)
    .describe('The same for who acts for an organization on a plan that has a price.'),
  SERVER_RATE_PAID_POINTS_PER_SECOND: wholeNumber
    .min(1)
    .default(200)
    .describe('Points that come back to those each second.'),
  SERVER_RATE_ANONYMOUS_POINTS: wholeNumber
    .min(100)
    .default(1_000)
    .describe('Points that one network address may spend a minute without having signed in.'),
  SERVER_RATE_MUTATIONS: wholeNumber.min(5).default(60).describe('Mutations of a person or token a minute.'),
  SERVER_RATE_DEPLOYMENTS: wholeNumber.min(1).default(20).describe('New deployments of an organization a minute.'),
  SERVER_RATE_UPLOAD_BYTES: wholeNumber
    .min(100 * MiB)
    .default(5 * GiB)
    .describe('What an organization may upload in a day.'),
  SERVER_RATE_SUBSCRIPTIONS: wholeNumber
    .min(1)
    .default(60)
    .describe('Subscriptions that a person or token may begin a minute.'),
  SERVER_SIGN_UP: z
    .enum(['open', 'invited', 'closed'])
    .default('open')
    .describe('Who may make an account: anybody, whoever has an invitation, or nobody. The first is always let in.'),
  SERVER_VERIFIED_ONLY: z
    .string()
    .transform((text) => (text.trim() === 'none' ? [] : text.split(',').map((one) => one.trim())))
    .pipe(z.array(z.enum(actions as [Action, ...Action[]], { error: verifiedOnlyHint })))
    .optional()
    .describe(
      'What nobody may do before their e-mail address is verified, separated by commas; `none` for nothing. Else nothing, or with MAIL_URL `member:invite,token:create`.',
    ),
  MAIL_URL: mailSettings.MAIL_URL,
  ...paymentSettings,
  STRIPE_WEBHOOK_SECRETS: z
    .string()
    .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
    .pipe(z.array(z.string().startsWith('whsec_', { error: 'is to be signing secrets of Stripe: whsec_…' })))
    .default([])
    .meta({
      description:
        'What Stripe signs its calls of `/webhooks/stripe` with; several, separated by commas, while one replaces another. Needed where `STRIPE_SECRET_KEY` is set.',
      shownDefault: 'none',
      secret: 'value',
    }),
  BILLING_TRIAL_DAYS: wholeNumber
    .min(0)
    .max(730)
    .default(0)
    .describe('How many days an organization may try the first plan that it buys before it pays.'),
  BILLING_TAX: z
    .stringbool()
    .default(false)
    .describe('Whether Stripe works out taxes: its Tax has to be set up in the account.'),
});

/** Who takes money has to hear what became of it. */
const checkedSettings = serverSettings.superRefine(({ STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS }, { addIssue }) => {
  if (STRIPE_SECRET_KEY === undefined || STRIPE_WEBHOOK_SECRETS.length > 0) return;
  const message = "is to be the signing secret of Stripe's webhook endpoint where STRIPE_SECRET_KEY is set: whsec_…";
  addIssue({ code: 'custom', path: ['STRIPE_WEBHOOK_SECRETS'], message });
});

function verifiedOnlyHint(): string {
  return `is to be \`none\`, or some of ${actions.join(', ')}, separated by commas`;
}

export type ServerConfig = z.infer<typeof serverSettings>;

/** The part of the configuration that the API itself needs. */
export type ServerSettings = Pick<
  ServerConfig,
  | 'APPLOYD_SECRET'
  | 'APPLOYD_BASE_DOMAIN'
  | 'APPLOYD_EDGE_ADDRESSES'
  | 'APPLOYD_PUBLIC_URL'
  | 'APPLOYD_GIT_LOCAL_ROOT'
  | 'SERVER_DEFAULT_PLAN'
  | 'SERVER_RATE_POINTS'
  | 'SERVER_RATE_POINTS_PER_SECOND'
  | 'SERVER_RATE_PAID_POINTS'
  | 'SERVER_RATE_PAID_POINTS_PER_SECOND'
  | 'SERVER_RATE_ANONYMOUS_POINTS'
  | 'SERVER_RATE_MUTATIONS'
  | 'SERVER_RATE_DEPLOYMENTS'
  | 'SERVER_RATE_UPLOAD_BYTES'
  | 'SERVER_RATE_SUBSCRIPTIONS'
  | 'SERVER_SIGN_UP'
  | 'SERVER_VERIFIED_ONLY'
  | 'MAIL_URL'
> & {
  readonly BILLING_TRIAL_DAYS?: number;
  readonly BILLING_GRACE_DAYS?: number;
  readonly BILLING_TAX?: boolean;
  readonly BILLING_OVERAGE_PRICE?: string;
  /** How long it is remembered who pays. */
  readonly paysRememberedMs?: number;
  /** How long an event of Stripe may take to be written down, before Stripe is told to send it again. */
  readonly eventKeptWithinMs?: number;
  /** How often a stream looks again, in case a hint was lost. */
  readonly lookAgainMs?: number;
  /** How often a stream makes sure that its reader may still read. */
  readonly accessCheckMs?: number;
};

export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): ServerConfig =>
  parseConfig(checkedSettings, environment);
