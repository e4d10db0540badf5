import { account, type Account, tryAccount, type TryAccount } from './account.js';
import { allocations, type Allocations, tryAllocations, type TryAllocations } from './allocations.js';
import { audit, type Audit } from './audit.js';
import type { Calls } from './calls.js';
import { deployments, type Deployments, tryDeployments, type TryDeployments } from './deployments.js';
import { domains, type Domains, tryDomains, type TryDomains } from './domains.js';
import { environments, type Environments, tryEnvironments, type TryEnvironments } from './environments.js';
import { events, type Events } from './events.js';
import { NodeDocument } from './generated/operations.js';
import type { NodeQuery } from './generated/types.js';
import { download } from './http/download.js';
import type { Endpoint } from './http/post.js';
import { reachable } from './http/reachable.js';
import { type RequestOptions, requests } from './http/requests.js';
import { invitations, type Invitations, tryInvitations, type TryInvitations } from './invitations.js';
import { logs, type Logs } from './logs.js';
import { members, type Members, tryMembers, type TryMembers } from './members.js';
import { organizations, type Organizations, tryOrganizations, type TryOrganizations } from './organizations.js';
import { billing, type Billing, tryBilling, type TryBilling } from './billing.js';
import { plans, type Plans, tryPlans, type TryPlans } from './plans.js';
import { platform, type Platform, tryPlatform, type TryPlatform } from './platform.js';
import { projects, type Projects, tryProjects, type TryProjects } from './projects.js';
import { serverSentStreams } from './stream/server-sent.js';
import { socketStreams } from './stream/socket.js';
import type { Streams } from './stream/streams.js';
import { tokens, type Tokens, tryTokens, type TryTokens } from './tokens.js';
import type { TypedDocument } from './typed-document.js';
import { tryVariables, type TryVariables, variables, type Variables } from './variables.js';
import { tryVolumes, type TryVolumes, volumes, type Volumes } from './volumes.js';

export type ApploydOptions = {
  /** Where the API is: `https://apployd.example.com/graphql`. An origin alone gets `/graphql`. */
  readonly url: string;
  /** A session's token, or an API token's secret. Not needed to sign up or in, which set it. */
  readonly token?: string | null;
  /** Told when signing up, in or out has changed the token: keep it there. */
  readonly onTokenChange?: (token: string | null) => void;
  /** Instead of the global fetch. */
  readonly fetch?: typeof globalThis.fetch;
  /** A WebSocket constructor, instead of the global one. */
  readonly webSocket?: unknown;
  /** How subscriptions travel. Default `auto`: WebSocket where there is one, else server-sent events (as in Node 20). */
  readonly streams?: 'auto' | 'websocket' | 'sse';
  /**
   * Whether documents are sent as text, or named by their ids: the only way that a session's cookie may be used, and only the SDK's own
   * documents are known. Default `text`; a token may send any.
   */
  readonly documents?: 'text' | 'id';
  /** Milliseconds for one attempt of one request. Default 30,000. */
  readonly timeoutMs?: number;
  /** How often a request is tried again: queries, and mutations with an idempotency key. Default 3. */
  readonly retries?: number;
  /** Waits between attempts and before reconnecting: doubling, half of it random. Default 500 to 8,000 ms. */
  readonly delays?: { readonly firstMs: number; readonly longestMs: number };
  /** Milliseconds of silence after which a stream counts as broken. Default 30,000; the server speaks every 12,000. */
  readonly livenessMs?: number;
};

/** The methods that refuse by returning: the API's result union, told apart by `__typename`. They still throw for faults. */
export type Attempts = {
  readonly account: TryAccount;
  readonly organizations: TryOrganizations;
  readonly members: TryMembers;
  readonly invitations: TryInvitations;
  readonly tokens: TryTokens;
  readonly billing: TryBilling;
  readonly plans: TryPlans;
  readonly projects: TryProjects;
  readonly environments: TryEnvironments;
  readonly allocations: TryAllocations;
  readonly variables: TryVariables;
  readonly volumes: TryVolumes;
  readonly domains: TryDomains;
  readonly deployments: TryDeployments;
  readonly platform: TryPlatform;
};

/**
 * A client of one Apployd, for one person at a time. Methods throw subclasses of ApploydError: DomainError for what the API refuses,
 * AuthenticationError, RateLimitError, RequestError, ServerError, NetworkError, TimeoutError and ProtocolError for the rest.
 */
export class Apployd {
  readonly account: Account;
  readonly organizations: Organizations;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly tokens: Tokens;
  readonly billing: Billing;
  readonly plans: Plans;
  readonly audit: Audit;
  readonly projects: Projects;
  readonly environments: Environments;
  readonly allocations: Allocations;
  readonly variables: Variables;
  readonly volumes: Volumes;
  readonly domains: Domains;
  readonly deployments: Deployments;
  readonly logs: Logs;
  readonly events: Events;
  readonly platform: Platform;
  readonly try: Attempts;
  readonly #calls: Calls;
  #token: string | null;

  constructor(options: ApploydOptions) {
    this.#token = options.token ?? null;
    const calls = (this.#calls = callsOf(options, () => this.#token));
    const setToken = (token: string | null) => {
      this.#token = token;
      options.onTokenChange?.(token);
    };
    this.try = {
      account: tryAccount(calls, setToken),
      organizations: tryOrganizations(calls),
      members: tryMembers(calls),
      invitations: tryInvitations(calls),
      tokens: tryTokens(calls),
      billing: tryBilling(calls),
      plans: tryPlans(calls),
      projects: tryProjects(calls),
      environments: tryEnvironments(calls),
      allocations: tryAllocations(calls),
      variables: tryVariables(calls),
      volumes: tryVolumes(calls),
      domains: tryDomains(calls),
      deployments: tryDeployments(calls),
      platform: tryPlatform(calls),
    };
    this.account = account(calls, this.try.account);
    this.organizations = organizations(calls, this.try.organizations);
    this.members = members(calls, this.try.members);
    this.invitations = invitations(calls, this.try.invitations);
    this.tokens = tokens(calls, this.try.tokens);
    this.billing = billing(calls, this.try.billing);
    this.plans = plans(calls, this.try.plans);
    this.audit = audit(calls);
    this.projects = projects(calls, this.try.projects);
    this.environments = environments(calls, this.try.environments);
    this.allocations = allocations(this.try.allocations);
    this.variables = variables(calls, this.try.variables);
    this.volumes = volumes(calls, this.try.volumes);
    this.domains = domains(calls, this.try.domains);
    this.logs = logs(calls);
    this.events = events(calls);
    this.platform = platform(calls, this.try.platform);
    this.deployments = deployments(calls, this.logs, this.try.deployments);
  }

  /** What an id stands for, whatever kind of thing it is; null when it is absent or not visible to you. */
  async node(id: string, options?: RequestOptions): Promise<NodeQuery['node']> {
    return (await this.request(NodeDocument, { id }, options)).node;
  }

  /** The token that requests carry; null when signed out. */
  get token(): string | null {
    return this.#token;
  }

  /**
   * Sends a query or mutation of your own and returns its data. Throws when the answer has any errors. A mutation is tried again only
   * when its `input` has an `idempotencyKey`.
   */
  request<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Result> {
    return this.#calls.request(document, variables, options);
  }
}

const defaultDelays = { firstMs: 500, longestMs: 8_000 };

function callsOf(options: ApploydOptions, token: () => string | null): Calls {
  const { timeoutMs = 30_000, retries = 3, delays = defaultDelays } = options;
  const endpoint: Endpoint = {
    url: endpointOf(options.url),
    fetch: options.fetch ?? ((...call) => globalThis.fetch(...call)),
    token,
    byId: options.documents === 'id',
  };
  return {
    ...requests(endpoint, { timeoutMs, retries, delays }),
    streams: streamsOf(options, endpoint),
    delays,
    download: (url, more) => download(endpoint, reachable(url, endpoint.url), timeoutMs, more),
  };
}

function endpointOf(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = '/graphql';
  return parsed.href;
}

function streamsOf({ streams = 'auto', livenessMs = 30_000, ...options }: ApploydOptions, endpoint: Endpoint): Streams {
  const webSocket = options.webSocket ?? (globalThis as { WebSocket?: unknown }).WebSocket;
  if (streams === 'websocket' && !webSocket) throw new TypeError('There is no WebSocket here: pass one as webSocket.');
  return webSocket && streams !== 'sse'
    ? socketStreams({ url: endpoint.url, webSocket, token: endpoint.token, byId: endpoint.byId, livenessMs })
    : serverSentStreams(endpoint, { livenessMs });
}
