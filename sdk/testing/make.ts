import type { Deployment, LogLine, OrganizationEvent, ProjectEvent } from '../types.js';

const at = '2026-11-23T12:00:00.000Z';

export const resources = { memoryBytes: 512 * 1024 ** 2, cpuMillicores: 500, bandwidthBytesPerMonth: 10 * 1024 ** 3 };
export const user = { __typename: 'User', id: 'usr_1', name: 'Ada', email: 'ada@example.com', createdAt: at };
export const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };

export const organization = {
  __typename: 'Organization',
  id: 'org_1',
  slug: 'ada',
  name: 'Ada',
  createdAt: at,
  version: 1,
  viewerRole: 'OWNER',
  viewerScopes: ['ORG_READ'],
};

export const session = {
  id: 'ses_1',
  createdAt: at,
  lastSeenAt: at,
  expiresAt: at,
  ipAddress: '127.0.0.1',
  userAgent: 'apployd-sdk',
  isCurrent: true,
};

export const pool = {
  total: resources,
  allocated: resources,
  available: resources,
  largestSlice: resources,
  allocations: [],
  version: 1,
};

export const viewer = {
  user,
  token: null,
  scopes: ['ORG_READ'],
  isOperator: false,
  organizations: { nodes: [organization], edges: [], pageInfo },
};

export const environment = {
  __typename: 'Environment',
  id: 'env_1',
  slug: 'production',
  kind: 'PRODUCTION',
  project: { id: 'prj_1', slug: 'shop', name: 'Shop' },
  url: 'http://shop-ada.localhost:3000',
  hostname: 'shop-ada.localhost',
  limits: resources,
  chosenMemoryBytes: null,
  chosenCpuMillicores: null,
  instances: 1,
  runningInstances: 0,
  desiredState: 'RUNNING',
  observedState: 'STOPPED',
  stateReason: null,
  asleepSince: null,
  keepAwakeUntil: null,
  restarts: 0,
  restartsAt: null,
  lastExit: null,
  autoDeployPaused: null,
  liveDeployment: null,
  variablesVersion: 1,
  version: 1,
  createdAt: at,
  deletesAt: null,
  variables: [],
};

export const project = {
  __typename: 'Project',
  id: 'prj_1',
  slug: 'shop',
  name: 'Shop',
  createdAt: at,
  version: 1,
  state: 'ACTIVE',
  deletesAt: null,
  sleepsAfterMinutes: null,
  organization,
  repository: { url: 'https://github.com/acme/shop', defaultBranch: 'main' },
  settings: {
    rootDirectory: null,
    dockerfilePath: null,
    buildCommand: null,
    startCommand: null,
    outputDirectory: null,
    releaseCommand: null,
    port: 8080,
    healthCheckKind: 'HTTP',
    healthCheckPath: '/',
    healthCheckCommand: null,
    healthCheckTimeoutMs: 60_000,
    healthCheckAnswerMs: 5_000,
    healthCheckIntervalMs: 10_000,
    healthCheckRetries: 3,
    keepReleases: 10,
    supersede: true,
    redirects: [],
    autoSleepMinutes: null,
    deepSleepMinutes: 60,
  },
  settingsVersion: 1,
  allocation: null,
  productionEnvironment: environment,
};

export function aDeployment(but: Partial<Deployment> = {}): Deployment {
  return {
    id: 'dpl_1',
    number: 1,
    status: 'QUEUED',
    serving: 'NONE',
    standbyReason: null,
    trigger: 'API',
    source: {
      __typename: 'GitSource',
      repository: { url: 'https://github.com/acme/shop', defaultBranch: 'main' },
      ref: 'main',
      commit: null,
      message: null,
      author: null,
    },
    project: { id: 'prj_1', slug: 'shop', name: 'Shop' },
    environment: { id: 'env_1', slug: 'production', kind: 'PRODUCTION' },
    createdBy: null,
    createdAt: at,
    startedAt: null,
    finishedAt: null,
    stages: [],
    failure: null,
    cancelRequestedAt: null,
    rollbackOf: null,
    url: null,
    imageDigest: null,
    canRollbackTo: false,
    promotedFrom: null,
    strategy: 'BESIDE',
    supersededBy: null,
    queuePosition: null,
    estimatedReadyAt: null,
    ...but,
  };
}

export const aReadyDeployment = () => aDeployment({ status: 'READY', serving: 'LIVE', url: environment.url });

export function aLine(sequence: number, but: Partial<LogLine> = {}): LogLine {
  const message = `line ${sequence}`;
  return {
    sequence,
    cursor: cursorOf(sequence),
    at,
    source: 'BUILD',
    message,
    truncated: false,
    deploymentId: 'dpl_1',
    ...but,
  };
}

/** As it stands in a list and in a stream. */
export function anEvent(sequence: number): ProjectEvent & { readonly __typename: 'ProjectEvent' } {
  return {
    __typename: 'ProjectEvent',
    id: `evt_${sequence}`,
    cursor: cursorOf(sequence),
    type: 'deployment.ready',
    at,
    actor: { __typename: 'SystemActor', component: 'platform' },
    subject: null,
    data: { number: sequence },
  };
}

export function anOrganizationEvent(
  sequence: number,
): OrganizationEvent & { readonly __typename: 'OrganizationEvent' } {
  const event = { ...anEvent(sequence), id: `oev_${sequence}`, type: 'billing.changed', data: { status: 'ACTIVE' } };
  return { ...event, __typename: 'OrganizationEvent', subject: null };
}

export const cursorOf = (sequence: number): string => `c${sequence}`;
export const sequenceOf = (cursor: string | null | undefined): number => Number(cursor?.slice(1) ?? 0);

/** The lines `from`…`to` as one event of a log. */
export const aBatch = (from: number, to: number) => ({
  __typename: 'LogBatch',
  lines: Array.from({ length: to - from + 1 }, (_, index) => aLine(from + index)),
  cursor: cursorOf(to),
});

export const anEnd = (sequence: number, endReason = 'SOURCE_ENDED') => ({
  __typename: 'StreamEnd',
  endReason,
  cursor: cursorOf(sequence),
});

export const aGap = (from: number, to: number) => ({
  __typename: 'StreamGap',
  gapReason: 'RETENTION',
  lost: to - from,
  from: cursorOf(from),
  cursor: cursorOf(to),
});

/** A page of the log `1…length` as the API cuts it. */
export function aLogPage(length: number, { first, after, last }: { first?: number; after?: string; last?: number }) {
  const start = last === undefined ? sequenceOf(after) : Math.max(0, length - last);
  const end = Math.min(length, start + (first ?? last ?? 50));
  const nodes = Array.from({ length: end - start }, (_, index) => aLine(start + index + 1));
  return {
    nodes,
    edges: [],
    pageInfo: { ...pageInfo, hasNextPage: end < length, endCursor: nodes.at(-1)?.cursor ?? null },
  };
}

/** Mutations and subscriptions of a deployment that goes well. */
export function happyWorld(logLength = 3) {
  const states = ['QUEUED', 'BUILDING', 'DEPLOYING'].map((status) => aDeployment({ status }));
  return {
    Query: {
      deployment: () => ({ ...aReadyDeployment(), buildLogs: (args: { first?: number }) => aLogPage(logLength, args) }),
      project: () => project,
      environment: () => environment,
      viewer: () => ({ ...viewer, sessions: [session] }),
    },
    Mutation: {
      environmentUpdate: () => ({
        __typename: 'EnvironmentUpdatePayload',
        environment: { ...environment, instances: 2 },
        resizes: [{ environment, how: 'LIVE' }],
        replayed: false,
      }),
      environmentCreate: () => ({
        __typename: 'EnvironmentCreatePayload',
        environment: { ...environment, id: 'env_2', slug: 'staging', kind: 'STAGING' },
        resizes: [],
        replayed: false,
      }),
      projectDelete: () => ({
        __typename: 'ProjectDeletePayload',
        project: { ...project, state: 'DELETING', deletesAt: at },
        pool,
        replayed: false,
      }),
      projectRestore: () => ({ __typename: 'ProjectRestorePayload', project, sliceRestored: true, replayed: false }),
      accountSignUp: () => ({ __typename: 'AccountSignUpPayload', viewer, organization, token: 'tok_new' }),
      accountSignIn: () => ({ __typename: 'AccountSignInChallenge', challenge: 'who.signature', expiresAt: at }),
      accountSignInVerify: () => ({ __typename: 'AccountSignInPayload', viewer, token: 'tok_verified' }),
      projectCreate: () => ({
        __typename: 'ProjectCreatePayload',
        project,
        productionEnvironment: environment,
        pool,
        replayed: false,
      }),
      deploymentCreate: () => ({
        __typename: 'DeploymentCreatePayload',
        deployment: states[0],
        superseded: [],
        replayed: false,
      }),
      deploymentPromote: () => ({
        __typename: 'DeploymentPromotePayload',
        deployment: states[0],
        superseded: [],
        replayed: false,
      }),
      deploymentRollback: () => ({
        __typename: 'DeploymentRollbackPayload',
        deployment: states[0],
        superseded: [],
        replayed: false,
      }),
      sourceUploadCreate: () => ({
        __typename: 'SourceUploadCreatePayload',
        uploadId: 'upl_1',
        uploadUrl: 'http://apployd.localhost:3000/uploads/upl_1',
        stored: false,
        expiresAt: at,
      }),
    },
    Subscription: {
      deploymentChanged: async function* () {
        yield* states;
        yield aReadyDeployment();
      },
      buildLogs: async function* (_: unknown, { after }: { after?: string }) {
        const from = sequenceOf(after) + 1;
        if (from <= logLength) yield aBatch(from, logLength);
        yield anEnd(logLength);
      },
      projectEvents: async function* () {
        yield anEvent(2);
        yield anEnd(2);
      },
      organizationEvents: async function* () {
        yield anOrganizationEvent(2);
        yield anEnd(2);
      },
      environmentLogs: async function* () {
        yield aBatch(1, logLength);
        yield anEnd(logLength);
      },
    },
  };
}
