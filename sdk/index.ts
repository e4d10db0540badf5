/// <reference lib="esnext.disposable" />
export type { Account, TryAccount } from './account.js';
export type { Allocations, TryAllocations } from './allocations.js';
export type { Audit, AuditOf } from './audit.js';
export { Apployd, type ApploydOptions, type Attempts } from './client.js';
export type { DeploymentHandle, Deployments, DeploymentsOf, TryDeployments } from './deployments.js';
export type { Domains, DomainsOf, TryDomains } from './domains.js';
export type { Environments, TryEnvironments } from './environments.js';
export {
  AnswerError,
  ApploydError,
  AuthenticationError,
  NetworkError,
  ProtocolError,
  RateLimitError,
  RequestError,
  ServerError,
  TimeoutError,
} from './error/apployd-error.js';
export { DeploymentCanceledError, DeploymentFailedError, DeploymentSupersededError } from './error/deployment-error.js';
export {
  CapacityError,
  ConflictError,
  DomainError,
  type Failure,
  type FieldIssue,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PaymentRequiredError,
  type PlanConflict,
  PlanInUseError,
  PlanLimitError,
  type PoolHolding,
  type PoolViolation,
  QuotaExceededError,
  ValidationError,
} from './error/domain-error.js';
export type { EventPageOptions, Events, EventsOf, OrganizationEventsOf } from './events.js';
export type * from './generated/types.js';
export type { KeyedOptions, RequestOptions } from './http/requests.js';
export type { Invitations, TryInvitations } from './invitations.js';
export type { LogOf, LogPageOptions, Logs } from './logs.js';
export type { Members, TryMembers } from './members.js';
export type { Organizations, TryOrganizations } from './organizations.js';
export type { List } from './pages.js';
export type { Billing as BillingCalls, InvoicesOptions, TryBilling } from './billing.js';
export type { Plans, TryPlans } from './plans.js';
export type { Platform, TryPlatform } from './platform.js';
export type { Projects, TryProjects } from './projects.js';
export {
  type EventFollower,
  type FollowOptions,
  type LogFollower,
  type OrganizationEventFollower,
  StreamGapError,
} from './stream/follow.js';
export type { Reconnect } from './stream/resume.js';
export type { WatchOptions } from './stream/watch-projects.js';
export type { Tokens, TokensOf, TryTokens } from './tokens.js';
export type { TypedDocument } from './typed-document.js';
export type {
  AccountProfile,
  Allocation,
  ApiToken,
  AuditEvent,
  Deployment,
  Rollout,
  DeploymentFailure,
  DeploymentStage,
  DnsRecord,
  Domain,
  Environment,
  EnvironmentEdge,
  EnvironmentResourcesVersion,
  EnvironmentRollout,
  Invitation,
  InvitationPreview,
  LogLine,
  LogPage,
  LogSearch,
  Member,
  Organization,
  OrganizationEvent,
  OrganizationHealth,
  Server,
  OrganizationUsage,
  KeepAwake,
  Plan,
  Project,
  ProjectEvent,
  ProjectSettingsVersion,
  ProjectUsage,
  RateLimit,
  ResourcePool,
  Resources,
  SecurityEvent,
  Session,
  StreamGap,
  UsageOptions,
  User,
  Variable,
  VariablesVersion,
  Volume,
  Viewer,
} from './types.js';
export type { TryVariables, Variables } from './variables.js';
export type { TryVolumes, Volumes } from './volumes.js';
export type { WaitOptions } from './wait/wait.js';
