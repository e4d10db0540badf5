import { z } from 'zod';
import { responseHeaders } from './response-header.js';

/** Whether visitors of `www.example.com` are sent to `example.com`, or the other way; only where both lead to the environment. */
export const hostRedirects = ['NONE', 'TO_APEX', 'TO_WWW'] as const;
export type HostRedirect = (typeof hostRedirects)[number];

/** How large the body of a request may be: a few sizes, since not every router can take any. */
export const bodyLimits = { MIB_1: 2 ** 20, MIB_10: 10 * 2 ** 20, MIB_100: 100 * 2 ** 20, GIB_1: 2 ** 30 } as const;
export type BodyLimit = 'UNLIMITED' | keyof typeof bodyLimits;

/** What instances speak. HTTP2 is that without TLS, which gRPC needs; its visitors come by TLS. */
const appProtocols = ['HTTP1', 'HTTP2'] as const;
export type AppProtocol = (typeof appProtocols)[number];

/** How much one visitor may ask of an environment, and all of them together. */
export const visitorLimits = ['NONE', 'USUAL', 'STRICT'] as const;
export type VisitorLimit = (typeof visitorLimits)[number];

export const mostPasswords = 20;
export const longestMessage = 500;

const messageProblem = `The message of the maintenance page has 1 to ${longestMessage} characters and no control characters.`;
const userProblem =
  'The name of a user has 1 to 64 characters of ASCII without spaces and without a colon, which ends it where it is sent.';

/** Who may visit, and what their password was made into. */
const visitorPassword = z.object({
  name: z.string().regex(/^[\x21-\x39\x3b-\x7e]{1,64}$/, userProblem),
  hash: z.string().max(256),
});
export type VisitorPassword = z.infer<typeof visitorPassword>;

/** What an edge does for an environment by itself. Every route of it repeats them. */
export const edgeSettings = z.object({
  /** Visitors get a page that says so, and nobody is asked. */
  maintenance: z.boolean().default(false),
  /** What that page says; null: a sentence of ours. */
  maintenanceMessage: z
    .string()
    // eslint-disable-next-line no-control-regex -- they have no place in a page
    .regex(/^[^\u0000-\u001f\u007f]*$/, messageProblem)
    .min(1, messageProblem)
    .refine((text) => [...text].length <= longestMessage, messageProblem)
    .nullable()
    .default(null),
  /** Only who knows one of them gets in; empty: everybody does. */
  passwords: z
    .array(visitorPassword)
    .max(mostPasswords, `An environment has at most ${mostPasswords} users: leave some out.`)
    .refine(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      'Two users have the same name: leave one out.',
    )
    .default([]),
  /** Said with every answer of the app, instead of what it says itself under these names. */
  responseHeaders: responseHeaders.default([]),
  hostRedirect: z.enum(hostRedirects, 'The host redirect is one of NONE, TO_APEX and TO_WWW.').default('NONE'),
  bodyLimit: z
    .enum(
      ['UNLIMITED', ...(Object.keys(bodyLimits) as (keyof typeof bodyLimits)[])],
      'The body limit is one of UNLIMITED, MIB_1, MIB_10, MIB_100 and GIB_1.',
    )
    .default('UNLIMITED'),
  visitorLimit: z.enum(visitorLimits, 'The visitor limit is one of NONE, USUAL and STRICT.').default('USUAL'),
  protocol: z.enum(appProtocols, 'The protocol is one of HTTP1 and HTTP2.').default('HTTP1'),
  /** Stricter than all of them, as long as it lasts. */
  underAttack: z.boolean().default(false),
});

export type EdgeSettings = z.infer<typeof edgeSettings>;

export const usualEdgeSettings: EdgeSettings = edgeSettings.parse({});

/** Settings as they were kept. Where they cannot be read nobody gets in: they may have asked for a password. */
export function readEdgeSettings(kept: unknown): EdgeSettings {
  return edgeSettings.safeParse(kept).data ?? { ...usualEdgeSettings, maintenance: true };
}

/** What an edge says where these settings, or a plan that stops it, keep a visitor from the app: it knows the route, and there is no more to prove. */
export const answersInFront: readonly string[] = ['BANDWIDTH_USED', 'MAINTENANCE', 'UNAUTHORIZED', 'TOO_MANY_REQUESTS'];
