import { getArgumentValues, OperationTypeNode, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { usageSteps } from '@apployd/core/usage';
import { costLimits } from './cost.js';
import { costOf } from './limit/cost-of.js';
import { documentLimits } from './limit/document-limits.js';
import { schema } from './schema.js';
import { acts, type Act } from './testing/acts.js';
import { post, type Data } from './testing/client.js';
import { fill } from './testing/fill.js';
import { aDomain, anInvitation, uuid, type Person } from './testing/make.js';
import { operations, type Operation } from './testing/operations.js';
import { collect, socketClient } from './testing/socket.js';
import { cursorOf } from './stream/cursor.js';
import { testServer, type TestServer } from './testing/test-server.js';
import { aWorld, restoreRoles, type World } from './testing/world.js';

let server: TestServer;
let world: World;
let invitation: string;
beforeAll(async () => {
  // Nobody looks after sockets meanwhile: those statements are nobody's.
  server = await testServer({ socketTimes: { lookMs: 3_600_000 } });
  world = await aWorld(server);
  await server.db.user.update({ where: { id: uuid(world.people.OWNER.userId) }, data: { isOperator: true } });
  invitation = await anInvitation(server, world.people.OWNER, { email: 'invited@example.com' });
  await fill(world, 1);
});
afterAll(() => server.close());

/** As many as the SDK asks for at once; the dashboard's own pages are smaller. */
const first = 25;

/** Lines of a log: the most that the SDK's own lists and the dashboard ask for at once. */
const linesAtOnce = 250;

const queries: Readonly<Record<string, (world: World) => object | Promise<object>>> = {
  Account: () => ({}),
  ApiTokenList: ({ organizationId }) => ({ organizationId, ended: true, first }),
  AuditExport: ({ organizationId }) => ({ organizationId }),
  AuditLog: ({ organizationId }) => ({ organizationId, first }),
  Billing: ({ organizationId }) => ({ by: { id: organizationId } }),
  BuildLogSearch: ({ deploymentId }) => ({ deploymentId, filter: { text: 'line' }, last: linesAtOnce }),
  BuildLogPage: ({ deploymentId }) => ({ deploymentId, first: linesAtOnce }),
  Deployment: ({ deploymentId }) => ({ id: deploymentId }),
  DeploymentRollout: ({ deploymentId }) => ({ id: deploymentId }),
  Domain: async ({ server, project }) => ({ id: await aDomain(server, project) }),
  DomainList: ({ project }) => ({ projectId: project.id, first }),
  EnvironmentDomainList: ({ project }) => ({ environmentId: project.environmentId, first }),
  EnvironmentDeploymentList: ({ project }) => ({ environmentId: project.environmentId, first }),
  EnvironmentEdge: ({ project }) => ({ id: project.environmentId }),
  EnvironmentRollout: ({ project }) => ({ id: project.environmentId }),
  EnvironmentLastExit: ({ project }) => ({ id: project.environmentId }),
  EnvironmentResourcesHistory: ({ project }) => ({ environmentId: project.environmentId, first }),
  EnvironmentList: ({ project }) => ({ projectId: project.id, first }),
  EnvironmentLogSearch: ({ project }) => ({
    environmentId: project.environmentId,
    filter: { levels: ['INFO'] },
    last: linesAtOnce,
  }),
  EnvironmentLogPage: ({ project }) => ({ environmentId: project.environmentId, first: linesAtOnce }),
  EnvironmentWakes: ({ project }) => ({ id: project.environmentId }),
  Environment: ({ project }) => ({ id: project.environmentId }),
  InvoiceList: ({ organizationId }) => ({ by: { id: organizationId }, first }),
  InvitationList: ({ organizationId }) => ({ organizationId }),
  InvitationPreview: () => ({ secret: invitation }),
  MemberList: ({ organizationId }) => ({ organizationId }),
  NodeList: async ({ organizationId }) => ({ ids: await projectsAndDeployments(organizationId) }),
  Node: ({ project }) => ({ id: project.id }),
  OperatorList: () => ({}),
  ServerList: () => ({}),
  OrganizationDeploymentList: ({ organizationId }) => ({ by: { id: organizationId }, projects: 25, deployments: 4 }),
  OrganizationEventPage: ({ organizationId }) => ({
    by: { id: organizationId },
    types: ['organization.*'],
    last: first,
  }),
  OrganizationList: () => ({ first }),
  OrganizationOverview: ({ organizationId }) => ({ by: { id: organizationId }, first }),
  OrganizationUsage: ({ organizationId }) => ({ by: { id: organizationId }, step: 'DAY', last: 30 }),
  Organization: ({ organizationId }) => ({ by: { id: organizationId } }),
  PlanList: () => ({}),
  PlatformAuditLog: () => ({ first }),
  PlatformOrganizationList: () => ({ first }),
  ProjectDeploymentList: ({ project }) => ({ projectId: project.id, first }),
  // Of one kind alone: what each kind takes does not depend on which of them are on the page.
  ProjectEventPage: ({ project }) => ({ projectId: project.id, types: ['deployment.*'], last: first }),
  ProjectSettingsHistory: ({ project }) => ({ projectId: project.id, first }),
  ProjectList: ({ organizationId }) => ({ organizationId, first }),
  ProjectOverview: ({ project }) => ({ by: { id: project.id }, environment: 'production', first }),
  ProjectKeepAwake: ({ project }) => ({ by: { id: project.id } }),
  ProjectUsage: ({ project }) => ({ by: { id: project.id }, step: 'HOUR', last: 84 }),
  Project: ({ project }) => ({ by: { id: project.id } }),
  RateLimit: () => ({}),
  VariablesHistory: ({ project }) => ({ environmentId: project.environmentId, first }),
  SecurityEventList: () => ({ first }),
  SessionList: () => ({}),
  VariableList: ({ project }) => ({ environmentId: project.environmentId }),
  Viewer: () => ({}),
  VolumeList: ({ project }) => ({ environmentId: project.environmentId }),
};

const subscriptions: typeof queries = {
  BuildLogs: ({ deploymentId }) => ({ deploymentId }),
  DeploymentChanged: ({ deploymentId }) => ({ id: deploymentId }),
  EnvironmentLogs: ({ project }) => ({ environmentId: project.environmentId }),
  ProjectChanged: ({ organizationId }) => ({ organizationId }),
  ProjectRowChanged: ({ organizationId }) => ({ organizationId }),
  OrganizationEvents: ({ organizationId }) => ({ organizationId, types: ['billing.*', 'organization.plan_set'] }),
  ProjectEvents: ({ project }) => ({ projectId: project.id, types: ['deployment.*', 'environment.crashed'] }),
};

const ofKind = (kind: OperationTypeNode) => operations.filter((one) => one.kind === kind);
const owner = () => world.people.OWNER;

/** Of mutations the simplest way in which each has an effect; signing up, in and out has no rows to speak of. */
const actOf = ({ name }: Operation): Act | undefined => acts[`${name.charAt(0).toLowerCase()}${name.slice(1)}`];
const mutations = ofKind(OperationTypeNode.MUTATION).filter((one) => actOf(one)?.asks !== 'anybody');

test('every operation of the SDK is tried here', () => {
  expect(Object.keys(queries).sort()).toEqual(
    ofKind(OperationTypeNode.QUERY)
      .map(({ name }) => name)
      .sort(),
  );
  expect(mutations.filter((one) => !actOf(one))).toEqual([]);
  expect(Object.keys(subscriptions).sort()).toEqual(
    ofKind(OperationTypeNode.SUBSCRIPTION)
      .map(({ name }) => name)
      .sort(),
  );
});

test('an operation takes as many statements for a hundred rows as for one', async () => {
  // The first time makes what is kept: a key for secrets, a membership.
  await countAll();
  // What an act has ended is there again.
  await fill(world, 1);
  const few = await countAll();
  await fill(world, 100);
  const many = await countAll();
  expect(many).toEqual(few);
}, 120_000);

/** Statements by operation. */
async function countAll(): Promise<Readonly<Record<string, number>>> {
  const counted: Record<string, number> = {};
  // That a session was used is noted each minute, whatever is asked then.
  await server.db.session.updateMany({ data: { lastSeenAt: new Date(Date.now() + 60 * 60_000) } });
  for (const operation of ofKind(OperationTypeNode.QUERY)) {
    counted[operation.name] = await count(operation, owner(), await variablesOf(operation));
  }
  for (const operation of ofKind(OperationTypeNode.SUBSCRIPTION)) {
    counted[operation.name] = await countFirst(operation, owner(), await subscribed(operation));
  }
  for (const operation of mutations) {
    await restoreRoles(world);
    const act = actOf(operation) as Act;
    const by = act.asks === 'operator' ? world.operator : owner();
    counted[operation.name] = await count(operation, by, { input: await act.input(world, by) });
  }
  return counted;
}

async function count({ name, text }: Operation, { token }: Person, variables: object): Promise<number> {
  const before = server.statements();
  const { errors, data } = await post(server, { query: text, variables }, { authorization: `Bearer ${token}` });
  const [root] = Object.values((data ?? {}) as Record<string, Data>);
  expect([name, errors, root === null, root?.message]).toEqual([name, [], false, undefined]);
  return server.statements() - before;
}

/** Each has one thing to say at first: of late something has happened in one project alone, and of events the newest is awaited. */
async function subscribed(operation: Operation): Promise<object> {
  const id = uuid(world.project.id);
  await server.db.eventStream.updateMany({ where: { id: { not: id } }, data: { changedAt: new Date(0) } });
  await server.db.eventStream.update({ where: { id }, data: { changedAt: new Date() } });
  const variables = (await variablesOf(operation)) as { readonly types?: unknown };
  return variables.types ? { ...variables, types: undefined, after: await beforeNewest(operation) } : variables;
}

async function beforeNewest({ name }: Operation): Promise<string> {
  const id = uuid(name === 'ProjectEvents' ? world.project.id : world.organizationId);
  const { lastSequence } = await server.db.eventStream.findUniqueOrThrow({ where: { id } });
  // Every other one is a token's, of which more is told.
  const newest = { streamId: id, sequence: lastSequence };
  await server.db.event.updateMany({ where: newest, data: { actorTokenId: null } });
  return cursorOf(Number(lastSequence) - 1);
}

/** Until a subscription has said its first word. */
async function countFirst({ name, text }: Operation, { token }: Person, variables: object): Promise<number> {
  const { client, close } = socketClient(server, token);
  const before = server.statements();
  let counted = 0;
  const [word] = await collect(client, { query: text, variables: { ...variables } }, () => {
    counted = server.statements() - before;
    return false;
  });
  await close();
  const [said] = Object.values(word as Record<string, Data>);
  expect([name, said === null, said?.__typename === 'StreamEnd']).toEqual([name, false, false]);
  return counted;
}

describe('half of each limit is enough for', () => {
  test.each(operations)('$name', async (operation) => {
    const variables = await variablesOf(operation);
    const cost = costOf({ schema, document: operation.document, variableValues: variables as never });
    expect(cost?.points).toBeLessThanOrEqual(costLimits.points / 2);
    expect(cost?.depth).toBeLessThanOrEqual(costLimits.depth / 2);
    const { aliases, directives } = namesIn(operation);
    expect(operation.text.length).toBeLessThanOrEqual(documentLimits.characters / 2);
    expect(tokensIn(operation)).toBeLessThanOrEqual(documentLimits.tokens / 2);
    expect(aliases).toBeLessThanOrEqual(documentLimits.aliases / 2);
    expect(directives).toBeLessThanOrEqual(documentLimits.directives / 2);
    expect(cost?.mutations).toBeLessThanOrEqual(documentLimits.mutations / 2);
    expect(sizesOf(operation, variables).filter(({ size, most }) => size > most / 2)).toEqual([]);
    const body = JSON.stringify({ query: operation.text, variables, operationName: operation.name });
    expect(body.length).toBeLessThanOrEqual((1024 * 1024) / 2);
    // Over a socket.
    if (operation.kind === OperationTypeNode.SUBSCRIPTION) expect(body.length).toBeLessThanOrEqual((64 * 1024) / 2);
  });

  test.each(operations.filter((one) => actOf(one)?.asks === 'anybody' || one.name === 'InvitationPreview'))(
    '$name by who has not signed in',
    async (operation) => {
      const variableValues = (await variablesOf(operation)) as never;
      const cost = costOf({ schema, document: operation.document, variableValues });
      expect(cost?.points).toBeLessThanOrEqual(costLimits.anonymousPoints / 2);
    },
  );
});

async function variablesOf(operation: Operation): Promise<object> {
  const act = actOf(operation);
  if (act) return { input: await act.input(world, owner()) };
  return (await { ...queries, ...subscriptions }[operation.name]?.(world)) ?? {};
}

type Size = { readonly field: string; readonly size: number; readonly most: number };

/** How many of what it asks for at once, and how many nobody can go beyond. */
function sizesOf({ document }: Operation, variables: object): readonly Size[] {
  const sizes: Size[] = [];
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: (node) => {
        const field = info.getFieldDef();
        const args = field ? getArgumentValues(field, node, { ...variables }) : {};
        for (const asked of [args.first, args.last, args.ids]) {
          const size = Array.isArray(asked) ? asked.length : asked;
          if (typeof size === 'number')
            sizes.push({ field: node.name.value, size, most: mostOf(node.name.value, args) });
        }
      },
    }),
  );
  return sizes;
}

function mostOf(field: string, { step }: { readonly step?: unknown }): number {
  if (step === 'HOUR' || step === 'DAY') return usageSteps[step].most;
  return logFields.has(field) ? 500 : 100;
}

const logFields = new Set(['buildLogs', 'logs', 'logSearch']);

test('an operation that would ask for more than half of a page is found', () => {
  const half = (variables: object) =>
    ['BuildLogPage', 'NodeList', 'ProjectUsage', 'ProjectList'].map((name) => {
      const operation = operations.find((one) => one.name === name) as Operation;
      return sizesOf(operation, variables).filter(({ size, most }) => size > most / 2).length;
    });
  const given = { deploymentId: 'dpl_1', organizationId: 'org_1', by: { id: 'prj_1' }, step: 'DAY' };
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `prj_${at}`);
  expect(half({ ...given, first: 251, ids: ids(51), last: 47 })).toEqual([1, 1, 1, 1]);
  expect(half({ ...given, first: 50, ids: ids(50), last: 46 })).toEqual([0, 0, 0, 0]);
});

/** As many of each as there are, half of what can be asked for at most. */
async function projectsAndDeployments(organizationId: string): Promise<readonly string[]> {
  const page = { where: { organizationId: uuid(organizationId) }, select: { id: true }, take: 25 };
  const projects = await server.db.project.findMany(page);
  const deployments = await server.db.deployment.findMany(page);
  return [
    ...projects.map(({ id }) => publicId('Project', id)),
    ...deployments.map(({ id }) => publicId('Deployment', id)),
  ];
}

function namesIn({ document }: Operation) {
  let [aliases, directives] = [0, 0];
  visit(document, {
    Field: ({ alias }) => void (aliases += alias ? 1 : 0),
    Directive: () => void (directives += 1),
  });
  return { aliases, directives };
}

function tokensIn({ document: { loc } }: Operation): number {
  let tokens = 0;
  for (let token = loc?.startToken.next; token && token !== loc?.endToken; token = token.next) tokens += 1;
  return tokens;
}
