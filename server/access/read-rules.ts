import type { Action } from '@apployd/core/access';

/** What reading a type asks of a token; null: whoever came this far may. A connection or an edge asks what its node asks. */
const rules: Readonly<Record<string, Action | null>> = {
  // Whoever may read what somebody did may read who it was.
  Actor: null,
  Account: 'account:read',
  AccountSignInChallenge: null,
  Allocation: 'project:read',
  ApiToken: 'token:read',
  AuditEvent: 'audit:read',
  AutoDeployPause: null,
  BandwidthLimit: 'project:read',
  Billing: 'billing:read',
  BillingChangePart: null,
  BillingOverage: 'billing:read',
  Certificate: null,
  Deployment: 'project:read',
  DeploymentFailure: null,
  DeploymentSource: null,
  DeploymentStage: null,
  DeploymentStageReason: null,
  DnsRecord: null,
  Domain: 'project:read',
  DomainCheck: null,
  DomainProblem: null,
  EdgeSettings: null,
  Environment: 'project:read',
  EnvironmentResize: null,
  FieldIssue: null,
  GitRepository: null,
  GitSource: null,
  InUse: null,
  InstanceExit: null,
  Invitation: 'invitation:read',
  Invoice: 'billing:read',
  InvoiceList: 'billing:read',
  KeepAwake: null,
  KeepAwakeSpan: null,
  // Whoever holds the secret may.
  InvitationPreview: null,
  LogBatch: null,
  LogEvent: 'log:read',
  LogLine: 'log:read',
  LogSearch: 'log:read',
  Member: 'organization:read',
  Money: null,
  // What a node is, and whether it may be read, is asked where it is loaded.
  Node: null,
  Organization: 'organization:read',
  // What an organization's own events tell is mostly of its bill.
  OrganizationEvent: 'billing:read',
  OrganizationStreamEvent: 'billing:read',
  // Whoever came to the platform is its operator.
  OrganizationHealth: null,
  // The same.
  Server: null,
  PageInfo: null,
  Plan: null,
  PlanConflict: null,
  PoolHolding: null,
  PoolViolation: null,
  Platform: null,
  Project: 'project:read',
  ProjectEvent: 'project:read',
  ProjectSettings: null,
  ProjectSettingsVersion: 'project:read',
  ProjectStreamEvent: 'project:read',
  ProjectUsage: null,
  RateLimit: null,
  Redirect: null,
  ResponseHeader: null,
  ResourcePool: 'organization:read',
  Resources: null,
  Rollout: null,
  RolloutSettings: null,
  RolloutSide: null,
  RolloutStep: null,
  SecurityEvent: 'account:read',
  Session: 'account:read',
  StreamEnd: null,
  StreamGap: null,
  SystemActor: null,
  UploadSource: null,
  Usage: null,
  UsagePoint: null,
  User: null,
  Variable: 'variable:read',
  EnvironmentResourcesVersion: 'project:read',
  VariablesVersion: 'variable:read',
  Volume: 'project:read',
  Viewer: null,
  WakeTimes: null,
};

/** Fields that ask another thing than their type does. */
const fieldRules: Readonly<Record<string, Action | null>> = {
  // Whoever holds a token may know what it is.
  'Viewer.token': null,
};

/** What reading a field asks of a token. */
export function fieldRule(parentName: string, fieldName: string, typeName: string): Action | null {
  const rule = fieldRules[`${parentName}.${fieldName}`];
  return rule === undefined ? readRule(typeName) : rule;
}

/** Throws for a type that nobody has thought about. */
export function readRule(typeName: string): Action | null {
  const name = typeName.replace(/(Connection|Edge)$/, '');
  if (/(Payload|Result|Error)$/.test(name)) return null;
  const rule = rules[name];
  if (rule === undefined) throw new Error(`${typeName} has no rule of who may read it: add it to read-rules.ts.`);
  return rule;
}
