import type { Action } from '@apployd/core/access';

/** What reading a type asks of a token; null: whoever came this far may. A connection or an edge asks what its node asks. */
const rules: Readonly<Record<string, Action | null>> = {
  Allocation: 'project:read',
  Deployment: 'project:read',
  DeploymentFailure: null,
  DeploymentSource: null,
  DeploymentStage: null,
  Environment: 'project:read',
  EnvironmentResize: null,
  FieldIssue: null,
  GitRepository: null,
  GitSource: null,
  Invitation: 'invitation:read',
  // Whoever holds the secret may.
  InvitationPreview: null,
  LogBatch: null,
  LogEvent: 'log:read',
  LogLine: 'log:read',
  Member: 'organization:read',
  // What a node is, and whether it may be read, is asked where it is loaded.
  Node: null,
  Organization: 'organization:read',
  PageInfo: null,
  Plan: null,
  PlanConflict: null,
  PoolViolation: null,
  Project: 'project:read',
  ProjectSettings: null,
  ProjectSettingsVersion: 'project:read',
  RateLimit: null,
  ResourcePool: 'organization:read',
  Resources: null,
  StreamEnd: null,
  StreamGap: null,
  UploadSource: null,
  User: null,
  Variable: 'variable:read',
  VariablesVersion: 'variable:read',
  Viewer: null,
};

/** Throws for a type that nobody has thought about. */
export function readRule(typeName: string): Action | null {
  const name = typeName.replace(/(Connection|Edge)$/, '');
  if (/(Payload|Result|Error)$/.test(name)) return null;
  const rule = rules[name];
  if (rule === undefined) throw new Error(`${typeName} has no rule of who may read it: add it to read-rules.ts.`);
  return rule;
}
