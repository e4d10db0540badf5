import { afterEach, describe, expect, test } from 'vitest';
import { Apployd, type ApploydOptions } from '../client.js';
import {
  AuthenticationError,
  NetworkError,
  ProtocolError,
  RateLimitError,
  RequestError,
  ServerError,
  TimeoutError,
} from '../error/apployd-error.js';
import {
  ConflictError,
  DomainError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  QuotaExceededError,
  ValidationError,
} from '../error/domain-error.js';
import { happyWorld, organization, pageInfo, project, resources, viewer } from '../testing/make.js';
import { type Interception, type MockPlatform, mockPlatform, type Resolvers } from '../testing/mock-platform.js';
import { version } from '../version.js';

let platform: MockPlatform;
afterEach(() => platform.close());

async function apploydWith(resolvers: Resolvers, intercept?: Interception, options: Partial<ApploydOptions> = {}) {
  platform = await mockPlatform(resolvers, intercept);
  return new Apployd({ url: platform.url, delays: { firstMs: 1, longestMs: 4 }, ...options });
}

/** Answers the first requests so, and the later ones from the schema. */
function first(
  count: number,
  answer: Parameters<Interception>[1] extends infer R ? (response: R) => void : never,
): Interception {
  let left = count;
  return (_request, response) => {
    if (left-- <= 0) return false;
    answer(response as never);
    return true;
  };
}

const unavailable: Interception extends (a: never, response: infer R, c: never) => boolean
  ? (response: R) => void
  : never = (response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'x-request-id': 'req_9' });
  response.end(JSON.stringify({ errors: [{ message: 'Restarting.', extensions: { code: 'UNAVAILABLE' } }] }));
};

const createInput = { organizationId: 'org_1', name: 'Shop' };
const keysSent = () =>
  platform.requests.map(
    ({ body }) => (body.variables as { input?: { idempotencyKey?: string } } | undefined)?.input?.idempotencyKey,
  );

describe('a request', () => {
  test('carries the token, the content types and the name of the client', async () => {
    const apployd = await apploydWith({ Query: { viewer: () => viewer } }, undefined, { token: 'tok_1' });
    expect(await apployd.account.viewer()).toMatchObject({ user: { name: 'Ada' } });
    expect(platform.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer tok_1',
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'x-apployd-client': `apployd-sdk/${version}`,
    });
    expect(platform.requests[0]?.body.operationName).toBe('Viewer');
  });

  test('goes to /graphql when only the origin is given', async () => {
    const apployd = await apploydWith({ Query: { viewer: () => viewer } });
    const short = new Apployd({ url: new URL(platform.url).origin });
    expect(await short.account.viewer()).toEqual(await apployd.account.viewer());
  });

  test('of one’s own returns typed or untyped data', async () => {
    const apployd = await apploydWith({ Query: { viewer: () => viewer } });
    expect(await apployd.request('{ viewer { user { name } } }', {})).toEqual({ viewer: { user: { name: 'Ada' } } });
  });

  test('throws when the answer has errors beside data', async () => {
    const apployd = await apploydWith({
      Query: {
        viewer: () => viewer,
        organization: () => {
          throw new Error('boom');
        },
      },
    });
    const asked = apployd.request('{ viewer { user { id } } organization(by: { id: "org_1" }) { id } }', {});
    await expect(asked).rejects.toBeInstanceOf(RequestError);
  });
});

describe('with documents by id', () => {
  test('a request names its document by the hash that the allow-list has, and sends no text', async () => {
    const apployd = await apploydWith({ Query: { viewer: () => viewer } }, undefined, { documents: 'id' });
    expect(await apployd.account.viewer()).toMatchObject({ user: { name: 'Ada' } });
    expect(platform.requests[0]?.body).toMatchObject({ documentId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(platform.requests[0]?.body.query).toBeUndefined();
  });

  test.each(['websocket', 'sse'] as const)('so does a subscription over %s', async (streams) => {
    const world = happyWorld();
    const webSocket = (await import('ws')).WebSocket;
    const apployd = await apploydWith(world, undefined, { documents: 'id', streams, webSocket });
    const lines = apployd.logs.follow({ deploymentId: 'dpl_1' });
    for await (const _line of lines) break;
    await lines.close();
    const asked = [...platform.subscribed, ...platform.requests.map(({ body }) => body)];
    expect(asked).not.toHaveLength(0);
    for (const { query, documentId } of asked) {
      expect(query || null).toBeNull();
      expect(documentId).toMatch(/^sha256:/);
    }
  });
});

describe('the token', () => {
  test('is kept after signing up, told to onTokenChange, sent from then on, and gone after signing out', async () => {
    const told: (string | null)[] = [];
    const world = happyWorld();
    const apployd = await apploydWith(
      {
        Query: { viewer: () => viewer },
        Mutation: {
          ...world.Mutation,
          accountSignOut: () => ({ __typename: 'AccountSignOutPayload', signedOut: true }),
        },
      },
      undefined,
      { onTokenChange: (token) => told.push(token) },
    );
    await apployd.account.signUp({ name: 'Ada', email: 'ada@example.com', password: 'correct horse' });
    expect(apployd.token).toBe('tok_new');
    await apployd.account.viewer();
    await apployd.account.signOut();
    expect(apployd.token).toBeNull();
    expect(told).toEqual(['tok_new', null]);
    expect(platform.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer tok_new',
      'Bearer tok_new',
    ]);
  });
});

describe('a refusal', () => {
  const refusals = [
    [ValidationError, { code: 'VALIDATION', issues: [{ path: ['name'], rule: 'REQUIRED', message: 'Name it.' }] }],
    [NotFoundError, { code: 'NOT_FOUND', targetId: 'org_1' }],
    [ForbiddenError, { code: 'FORBIDDEN', requiredRole: 'ADMIN', needsVerifiedEmail: true }],
    [ConflictError, { code: 'CONFLICT', currentVersion: 4 }],
    [
      QuotaExceededError,
      {
        code: 'QUOTA_EXCEEDED',
        requested: resources,
        available: resources,
        violations: [
          {
            rule: 'HALF_OF_POOL',
            resource: 'MEMORY',
            projectId: null,
            requested: 2,
            available: 1,
            message: 'At most half.',
          },
        ],
        holdings: [{ projectId: 'prj_1', limits: resources }],
      },
    ],
    [IdempotencyError, { code: 'IDEMPOTENCY', problem: 'KEY_REUSED' }],
  ] as const;

  test.each(refusals)('throws %o with its fields', async (Kind, fields) => {
    const failure = { __typename: Kind.name, message: 'No.', retryable: false, ...fields };
    const apployd = await apploydWith({ Mutation: { projectCreate: () => failure } });
    const error: unknown = await apployd.projects.create(createInput).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Kind);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ name: Kind.name, message: 'No.', retryable: false, failure, ...fields });
    expect(platform.requests).toHaveLength(1);
  });

  test('of a cancellation tells the state it is in', async () => {
    const failure = {
      code: 'INVALID_STATE',
      currentState: 'READY',
      allowedStates: ['QUEUED'],
      message: 'Ended.',
      retryable: false,
    };
    const apployd = await apploydWith({
      Mutation: { deploymentCancel: () => ({ __typename: 'InvalidStateError', ...failure }) },
    });
    const asked = apployd.deployments.cancel('dpl_1');
    await expect(asked).rejects.toMatchObject({ constructor: InvalidStateError, currentState: 'READY' });
  });

  test('is returned, not thrown, by try', async () => {
    const failure = {
      __typename: 'ConflictError',
      code: 'CONFLICT',
      message: 'Taken.',
      retryable: false,
      currentVersion: null,
    };
    const apployd = await apploydWith({ Mutation: { projectCreate: () => failure } });
    const result = await apployd.try.projects.create(createInput);
    expect(result).toEqual(failure);
  });

  test('of a lookup throws NotFoundError with the id', async () => {
    const apployd = await apploydWith({});
    await expect(apployd.environments.get('env_x')).rejects.toMatchObject({
      constructor: NotFoundError,
      targetId: 'env_x',
    });
  });

  test('that may pass is tried again with the same key, then thrown or returned', async () => {
    const failure = {
      __typename: 'IdempotencyError',
      code: 'IDEMPOTENCY',
      message: 'Running.',
      retryable: true,
      problem: 'IN_PROGRESS',
    };
    const apployd = await apploydWith({ Mutation: { projectCreate: () => failure } }, undefined, { retries: 2 });
    expect(await apployd.try.projects.create(createInput)).toEqual(failure);
    await expect(apployd.projects.create(createInput)).rejects.toBeInstanceOf(IdempotencyError);
    expect(platform.requests).toHaveLength(6);
    expect(new Set(keysSent()).size).toBe(2);
  });
});

describe('an answer that is an error', () => {
  const answers = [
    [401, { code: 'UNAUTHENTICATED', reason: 'EXPIRED' }, AuthenticationError, { reason: 'EXPIRED' }],
    [400, { code: 'QUERY_TOO_COSTLY' }, RequestError, { code: 'QUERY_TOO_COSTLY' }],
    [200, { code: 'GRAPHQL_VALIDATION_FAILED' }, RequestError, { code: 'GRAPHQL_VALIDATION_FAILED' }],
    [500, { code: 'INTERNAL' }, ServerError, { code: 'INTERNAL', status: 500, requestId: 'req_1' }],
    [200, { code: 'INTERNAL' }, ServerError, { status: 500 }],
    [413, { code: 'PAYLOAD_TOO_LARGE' }, RequestError, { status: 413 }],
  ] as const;

  test.each(answers)('%i %o is thrown typed, once', async (status, extensions, Kind, fields) => {
    const apployd = await apploydWith({}, (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_1' });
      response.end(JSON.stringify({ errors: [{ message: 'No.', extensions }] }));
      return true;
    });
    const error: unknown = await apployd.account.viewer().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Kind);
    expect(error).toMatchObject(fields);
    expect(platform.requests).toHaveLength(1);
  });

  test('and no GraphQL is told apart by its status', async () => {
    const apployd = await apploydWith({}, (_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
      return true;
    });
    await expect(apployd.account.viewer()).rejects.toMatchObject({ constructor: RequestError, status: 404 });
  });

  test('a page where GraphQL is expected throws ProtocolError', async () => {
    const apployd = await apploydWith({}, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
      return true;
    });
    await expect(apployd.account.viewer()).rejects.toBeInstanceOf(ProtocolError);
  });

  test('a host that does not listen throws NetworkError with its cause', async () => {
    const apployd = await apploydWith({});
    const { url } = platform;
    await platform.close();
    const away = new Apployd({ url, retries: 0 });
    await expect(away.account.viewer()).rejects.toMatchObject({
      constructor: NetworkError,
      cause: expect.anything() as unknown,
    });
    platform = await mockPlatform({});
    expect(apployd.token).toBeNull();
  });
});

describe('retries', () => {
  test('a query is asked again until the server is back', async () => {
    const apployd = await apploydWith({ Query: { viewer: () => viewer } }, first(3, unavailable));
    await apployd.account.viewer();
    expect(platform.requests).toHaveLength(4);
  });

  test('a query is given up after three retries, with the last error', async () => {
    const apployd = await apploydWith({}, first(99, unavailable));
    await expect(apployd.account.viewer()).rejects.toMatchObject({
      constructor: ServerError,
      status: 503,
      requestId: 'req_9',
    });
    expect(platform.requests).toHaveLength(4);
  });

  test('a mutation with a key is tried again, with the same key each time', async () => {
    const apployd = await apploydWith(
      happyWorld(),
      first(2, (response) => response.destroy()),
    );
    await apployd.projects.create(createInput);
    const keys = keysSent();
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test('two calls have two keys; a given key is used as it is', async () => {
    const apployd = await apploydWith(happyWorld());
    await apployd.projects.create(createInput);
    await apployd.projects.create(createInput);
    await apployd.projects.create(createInput, { idempotencyKey: 'shop-bootstrap-1' });
    expect(new Set(keysSent()).size).toBe(3);
    expect(keysSent()[2]).toBe('shop-bootstrap-1');
  });

  const keyedMethods: readonly [string, (apployd: Apployd) => Promise<unknown>][] = [
    ['projects.create', ({ try: { projects } }) => projects.create(createInput)],
    ['allocations.set', ({ try: { allocations } }) => allocations.set({ organizationId: 'org_1', changes: [] })],
    ['projects.update', ({ try: { projects } }) => projects.update({ projectId: 'prj_1', name: 'Store' })],
    ['projects.delete', ({ try: { projects } }) => projects.delete({ projectId: 'prj_1', confirmSlug: 'shop' })],
    ['projects.restore', ({ try: { projects } }) => projects.restore({ projectId: 'prj_1' })],
    ['environments.update', ({ try: { environments } }) => environments.update({ environmentId: 'env_1' })],
    ['plans.update', ({ try: { plans } }) => plans.update({ planId: 'pln_1' })],
    [
      'organizations.setPlan',
      ({ try: { organizations } }) => organizations.setPlan({ organizationId: 'org_1', planId: 'pln_1' }),
    ],
    ['variables.set', ({ try: { variables } }) => variables.set({ environmentId: 'env_1', variables: [] })],
    ['deployments.create', ({ try: { deployments } }) => deployments.create({ environmentId: 'env_1' })],
    ['deployments.cancel', ({ try: { deployments } }) => deployments.cancel('dpl_1')],
    ['deployments.rollback', ({ try: { deployments } }) => deployments.rollback({ environmentId: 'env_1' })],
  ];

  test.each(keyedMethods)('%s is tried again with a key of its own', async (_, call) => {
    const apployd = await apploydWith({}, (_request, response) => (response.destroy(), true));
    await expect(call(apployd)).rejects.toBeInstanceOf(NetworkError);
    const keys = keysSent();
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a mutation without a key is never sent twice', async () => {
    const apployd = await apploydWith(
      happyWorld(),
      first(1, (response) => response.destroy()),
    );
    const asked = apployd.account.signIn({ email: 'ada@example.com', password: 'correct horse' });
    await expect(asked).rejects.toBeInstanceOf(NetworkError);
    expect(platform.requests).toHaveLength(1);
  });

  test('a mutation of one’s own is tried again only with a key in its input', async () => {
    const text =
      'fragment P on Project { id } mutation M($input: ProjectCreateInput!) { projectCreate(input: $input) { __typename } }';
    const apployd = await apploydWith(happyWorld(), (_request, response) => (response.destroy(), true));
    await expect(apployd.request(text, { input: createInput })).rejects.toBeInstanceOf(NetworkError);
    expect(platform.requests).toHaveLength(1);
    await expect(apployd.request(text, { input: { ...createInput, idempotencyKey: 'k' } })).rejects.toBeInstanceOf(
      NetworkError,
    );
    expect(platform.requests).toHaveLength(5);
  });

  test('a wait that would pass the deadline of the caller is not begun', async () => {
    const apployd = await apploydWith({}, (_request, response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3600' });
      response.end(JSON.stringify({ errors: [{ message: 'Slow down.', extensions: { code: 'RATE_LIMITED' } }] }));
      return true;
    });
    const asked = apployd.account.viewer({ deadlineMs: 5_000 });
    await expect(asked).rejects.toMatchObject({ constructor: RateLimitError, retryAfterMs: 3_600_000 });
    expect(platform.requests).toHaveLength(1);
  });

  test('an attempt that gets no answer ends with TimeoutError', async () => {
    let attempts = 0;
    const fetch: typeof globalThis.fetch = (...call) => ((attempts += 1), globalThis.fetch(...call));
    const apployd = await apploydWith({}, () => true, { timeoutMs: 30, retries: 1, fetch });
    await expect(apployd.account.viewer()).rejects.toMatchObject({ constructor: TimeoutError, timeoutMs: 30 });
    expect(attempts).toBe(2);
  });

  test('an aborted call rejects with the reason of the caller, and is not tried again', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const apployd = await apploydWith({}, () => (controller.abort(reason), true));
    await expect(apployd.account.viewer({ signal: controller.signal })).rejects.toBe(reason);
    expect(platform.requests).toHaveLength(1);
  });
});

describe('lists', () => {
  const paged = (total: number) => ({
    organization: () => ({
      ...organization,
      projects: ({ first: size = 50, after }: { first?: number; after?: string }) => {
        const from = Number(after ?? 0);
        const to = Math.min(total, from + size);
        const nodes = Array.from({ length: to - from }, (_, index) => ({ ...project, id: `prj_${from + index + 1}` }));
        return {
          nodes,
          edges: [],
          totalCount: total,
          pageInfo: { ...pageInfo, hasNextPage: to < total, endCursor: String(to) },
        };
      },
    }),
  });

  test('for await walks over every page, once', async () => {
    const apployd = await apploydWith({ Query: paged(60) });
    const ids: string[] = [];
    for await (const { id } of apployd.projects.list({ organizationId: 'org_1' })) ids.push(id);
    expect(ids).toEqual(Array.from({ length: 60 }, (_, index) => `prj_${index + 1}`));
    expect(platform.requests).toHaveLength(3);
  });

  test('toArray stops at its limit and asks for no more than it needs', async () => {
    const apployd = await apploydWith({ Query: paged(60) });
    const list = apployd.projects.list({ organizationId: 'org_1' });
    expect(await list.toArray({ limit: 5 })).toHaveLength(5);
    expect(await list.toArray({ limit: 30 })).toHaveLength(30);
    expect(await list.toArray({ limit: 0 })).toEqual([]);
    expect(platform.requests.map(({ body }) => (body.variables as { first?: number } | undefined)?.first)).toEqual([
      5, 25, 25,
    ]);
  });

  test('a list that goes on from nowhere throws ProtocolError instead of looping', async () => {
    const apployd = await apploydWith({
      Query: {
        organization: () => ({
          ...organization,
          projects: {
            nodes: [project],
            edges: [],
            totalCount: 9,
            pageInfo: { ...pageInfo, hasNextPage: true, endCursor: 'same' },
          },
        }),
      },
    });
    const walked = apployd.projects.list({ organizationId: 'org_1' }).toArray({ limit: 100 });
    await expect(walked).rejects.toBeInstanceOf(ProtocolError);
  });
});
