import type * as generated from './generated/types.js';
import type { RequestOptions } from './http/requests.js';

/** Memory and bandwidth in bytes, CPU in thousandths of a core. */
export type Resources = generated.ResourcesFragment;
export type User = generated.UserFragment;
export type Viewer = generated.ViewerFragment;
/** Points that operations cost: how many are left, and how fast they come back. */
export type RateLimit = generated.RateLimitFragment;
/** What only the person themself sees of their account. */
export type AccountProfile = generated.AccountFragment & { readonly user: User };
/** A place where you have signed in. */
export type Session = generated.SessionFragment;
/** Something that happened to your account. */
export type SecurityEvent = generated.SecurityEventFragment;
export type Organization = generated.OrganizationFragment;
/** A person in an organization. */
export type Member = generated.MemberFragment;
/** What the operator of the platform sees of an organization. */
export type OrganizationHealth = generated.OrganizationHealthFragment;
export type Server = generated.ServerFragment;
/** What somebody has changed. */
export type AuditEvent = generated.AuditEventFragment;
export type ApiToken = generated.ApiTokenFragment;
export type Invitation = generated.InvitationFragment;
export type InvitationPreview = NonNullable<generated.InvitationPreviewQuery['invitation']>;
/** What an organization may divide among its projects, and how it is divided. */
export type ResourcePool = generated.PoolFragment;
/** What organizations may have. */
export type Plan = generated.PlanFragment;
/** Hours in which a project does not go to sleep by itself, by the clock of a time zone. */
export type KeepAwake = NonNullable<NonNullable<generated.ProjectKeepAwakeQuery['project']>['settings']['keepAwake']>;
export type Allocation = generated.AllocationFragment;
export type Project = generated.ProjectFragment;
/** Something that happened in a project: its `cursor` is its place in the order of things. */
export type ProjectEvent = generated.ProjectEventFragment;
/** Something that happened to an organization as a whole. */
export type OrganizationEvent = generated.OrganizationEventFragment;
/** What the settings of a project were with one version. */
export type ProjectSettingsVersion = generated.ProjectSettingsVersionFragment;
export type Environment = generated.EnvironmentFragment;
/** How an instance ended that nobody had ended, with what it printed last. */
export type InstanceExit = NonNullable<NonNullable<generated.EnvironmentLastExitQuery['environment']>['lastExit']>;
/** How long waking takes, by how deep it had slept. */
/** What edges do for an environment by themselves. */
export type EnvironmentEdge = NonNullable<generated.EnvironmentEdgeQuery['environment']>;
/** How new releases of an environment come to their visitors. */
export type EnvironmentRollout = NonNullable<generated.EnvironmentRolloutQuery['environment']>;
export type EnvironmentWakes = NonNullable<generated.EnvironmentWakesQuery['environment']>;
/** What was used in the pool's period, and in the last hours or days. */
export type OrganizationUsage = NonNullable<generated.OrganizationUsageQuery['organization']>['usage'];
export type ProjectUsage = NonNullable<generated.ProjectUsageQuery['project']>['usage'];
export type UsageOptions = RequestOptions & {
  readonly step?: generated.UsageStep;
  /** How many hours or days: at most 168 or 92. */
  readonly last?: number;
};
export type Variable = generated.VariableFragment;
/** What was chosen for the instances of an environment with one of its versions. */
export type EnvironmentResourcesVersion = generated.EnvironmentResourcesVersionFragment;
/** Which variables changed with one version: names, never values. */
export type VariablesVersion = generated.VariablesVersionFragment;
/** A directory of an environment that outlives instances and releases. */
export type Volume = generated.VolumeFragment;
/** A name of your own for an environment, and how far it is. */
export type Domain = generated.DomainFragment;
/** A record to be set at the name's provider. */
export type DnsRecord = Domain['records'][number];
export type Deployment = generated.DeploymentFragment;
/** A deployment that has its visitors step by step, and what both releases have answered. */
export type Rollout = NonNullable<generated.DeploymentRolloutFragment['rollout']>;
export type DeploymentFailure = NonNullable<Deployment['failure']>;
export type DeploymentStage = Deployment['stages'][number];
export type LogLine = generated.LogLineFragment;
export type LogPage = generated.LogPageFragment;
/** Lines that were found, where the search stopped, and how much it went through. */
export type LogSearch = generated.LogSearchFragment;
/** Lines that are lost for good, and why; delivery goes on behind it. */
export type StreamGap = Extract<generated.LogEventFragment, { readonly __typename: 'StreamGap' }>;

/** The result of a mutation as the API gives it: the payload or one of its failures, told apart by `__typename`. */
export type ResultOf<Mutation> = NonNullable<Mutation[keyof Mutation]>;
/** The payload alone. */
export type PayloadOf<Mutation> = Exclude<ResultOf<Mutation>, { readonly code: generated.ErrorCode }>;
