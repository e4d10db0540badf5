import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Apployd, type ApploydOptions } from '../client.js';
import { TimeoutError } from '../error/apployd-error.js';
import {
  DeploymentCanceledError,
  DeploymentFailedError,
  DeploymentSupersededError,
} from '../error/deployment-error.js';
import { NotFoundError } from '../error/domain-error.js';
import { aBatch, aDeployment, aLogPage, anEnd, aReadyDeployment, happyWorld, sequenceOf } from '../testing/make.js';
import { type Interception, type MockPlatform, mockPlatform, type Resolvers } from '../testing/mock-platform.js';
import type { Deployment } from '../types.js';

let platform: MockPlatform;
afterEach(() => platform.close());

const never = new Promise<never>(() => {});
/** Nothing is asked for where a stream tells it, however late it comes. */
const pollMs = 600_000;

async function deploymentIn(world: Resolvers, options: Partial<ApploydOptions> = {}, intercept?: Interception) {
  platform = await mockPlatform(world, intercept);
  const apployd = new Apployd({ url: platform.url, delays: { firstMs: 1, longestMs: 5 }, ...options });
  return apployd.deployments.create({ environmentId: 'env_1' });
}

const failure = {
  code: 'BUILD_ERROR',
  message: 'npm run build ended with code 1.',
  stage: 'BUILD',
  exitCode: 1,
  userFixable: true,
  logCursor: null,
} as const;

function worldThatEnds(end: Partial<Deployment>, logLength = 30): Resolvers {
  const world = happyWorld(logLength);
  const ended = aDeployment(end);
  return {
    ...world,
    Query: { deployment: () => ({ ...ended, buildLogs: (args: object) => aLogPage(logLength, args) }) },
    Subscription: {
      ...world.Subscription,
      deploymentChanged: async function* () {
        yield aDeployment({ status: 'BUILDING' });
        yield ended;
      },
    },
  };
}

describe.each([
  ['over WebSocket', { webSocket: WebSocket }],
  ['over server-sent events', { streams: 'sse' }],
] as const)('wait %s', (_, transport) => {
  test('resolves with the READY deployment, after every change and every line has been told', async () => {
    const deployment = await deploymentIn(happyWorld(7), transport);
    const statuses: string[] = [];
    const lines: number[] = [];
    const live = await deployment.wait({
      pollMs,
      onStatus: ({ status }) => statuses.push(status),
      onLog: ({ sequence }) => void lines.push(sequence),
    });
    expect(live).toMatchObject({ status: 'READY', url: 'http://shop-ada.localhost:3000' });
    expect(statuses).toEqual(['QUEUED', 'BUILDING', 'DEPLOYING', 'READY']);
    expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('tells stages as they come, and nothing twice', async () => {
    const world = happyWorld();
    const fetching = {
      name: 'FETCH',
      startedAt: '2026-11-23T12:00:00.000Z',
      finishedAt: null,
      result: null,
      reason: null,
      attempts: 1,
    };
    const deployment = await deploymentIn(
      {
        ...world,
        Subscription: {
          ...world.Subscription,
          deploymentChanged: async function* () {
            yield aDeployment({ status: 'BUILDING' });
            yield aDeployment({ status: 'BUILDING' });
            yield aDeployment({ status: 'BUILDING', stages: [fetching] });
            yield aReadyDeployment();
          },
        },
      },
      transport,
    );
    const seen: string[] = [];
    await deployment.wait({ pollMs, onStatus: ({ status, stages }) => seen.push(`${status} ${stages.length}`) });
    expect(seen).toEqual(['BUILDING 0', 'BUILDING 1', 'READY 0']);
  });

  test('throws what failed, where, and the last 20 lines', async () => {
    const deployment = await deploymentIn(worldThatEnds({ status: 'FAILED', failure }), transport);
    const error: unknown = await deployment.wait().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DeploymentFailedError);
    const { logTail, message } = error as DeploymentFailedError;
    expect(error).toMatchObject({ code: 'BUILD_ERROR', stage: 'BUILD', failure });
    expect(logTail.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_each, index) => index + 11));
    expect(message).toContain('Deployment 1 failed at BUILD: npm run build ended with code 1. (BUILD_ERROR)');
    expect(message).toContain('line 30');
  });

  test('keeps its lines and states through broken connections', async () => {
    const world = happyWorld();
    const last = 20;
    let endLog = () => {};
    const logEnded = new Promise<void>((resolve) => {
      endLog = resolve;
    });
    const deployment = await deploymentIn(
      {
        ...world,
        Query: {
          deployment: () => ({
            ...aDeployment({ status: 'BUILDING' }),
            buildLogs: (args: object) => aLogPage(0, args),
          }),
        },
        Subscription: {
          deploymentChanged: async function* () {
            yield aDeployment({ status: 'BUILDING' });
            await logEnded;
            yield aReadyDeployment();
          },
          buildLogs: async function* (_root: unknown, { after }: { after?: string }) {
            const next = sequenceOf(after) + 1;
            if (next <= last) {
              yield aBatch(next, Math.min(last, next + 2));
              platform.cut();
              await never;
            }
            yield anEnd(last);
            endLog();
          },
        },
      },
      transport,
    );
    const lines: number[] = [];
    const live = await deployment.wait({ onLog: ({ sequence }) => void lines.push(sequence), pollMs: 10 });
    expect(live.status).toBe('READY');
    expect(lines).toEqual(Array.from({ length: last }, (_each, index) => index + 1));
  });
});

describe('wait', () => {
  const sse = { streams: 'sse' } as const;

  test('throws errors of their own for CANCELED and SUPERSEDED', async () => {
    const canceled = await deploymentIn(worldThatEnds({ status: 'CANCELED' }), sse);
    await expect(canceled.wait()).rejects.toBeInstanceOf(DeploymentCanceledError);
    await platform.close();
    const superseded = await deploymentIn(worldThatEnds({ status: 'SUPERSEDED' }), sse);
    await expect(superseded.wait()).rejects.toBeInstanceOf(DeploymentSupersededError);
  });

  test('asks again and again where streams are blocked, and still tells every line', async () => {
    const states = ['QUEUED', 'BUILDING', 'DEPLOYING', 'READY'].map((status) => aDeployment({ status }));
    let asked = 0;
    const blocked: Interception = ({ headers }, response) => {
      if (headers.accept !== 'text/event-stream') return false;
      response.writeHead(502).end('<h1>No streams here</h1>');
      return true;
    };
    const world = happyWorld();
    const deployment = await deploymentIn(
      {
        ...world,
        Query: {
          deployment: () => ({
            ...states[Math.min(3, Math.floor((asked += 1) / 4))],
            buildLogs: (args: object) => aLogPage(250, args),
          }),
        },
      },
      sse,
      blocked,
    );
    const lines: number[] = [];
    const statuses: string[] = [];
    const live = await deployment.wait({
      onLog: ({ sequence }) => void lines.push(sequence),
      onStatus: ({ status }) => statuses.push(status),
      pollMs: 5,
    });
    expect(live.status).toBe('READY');
    expect(statuses.at(-1)).toBe('READY');
    expect(lines).toEqual(Array.from({ length: 250 }, (_each, index) => index + 1));
  });

  test('an onLog that takes its time gets the lines one by one', async () => {
    const deployment = await deploymentIn(happyWorld(5), sse);
    let inside = 0;
    let most = 0;
    const lines: number[] = [];
    await deployment.wait({
      onLog: async ({ sequence }) => {
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setTimeout(resolve, 2));
        lines.push(sequence);
        inside -= 1;
      },
    });
    expect(lines).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(1);
  });

  test('an error in the caller’s own onLog is thrown', async () => {
    const deployment = await deploymentIn(happyWorld(), sse);
    const mine = new Error('disk full');
    const waiting = deployment.wait({
      onLog: () => {
        throw mine;
      },
    });
    await expect(waiting).rejects.toBe(mine);
  });

  test('gives up after timeoutMs and leaves the deployment alone', async () => {
    const world = happyWorld();
    const deployment = await deploymentIn(
      {
        ...world,
        Subscription: {
          deploymentChanged: async function* () {
            yield aDeployment({ status: 'BUILDING' });
            await never;
          },
        },
      },
      sse,
    );
    await expect(deployment.wait({ timeoutMs: 60 })).rejects.toMatchObject({
      constructor: TimeoutError,
      timeoutMs: 60,
    });
    expect(platform.requests.map(({ body }) => body.operationName)).not.toContain('DeploymentCancel');
  });

  test.each([false, true])('an abort detaches; with cancelOnAbort %s it cancels accordingly', async (cancelOnAbort) => {
    const world = happyWorld();
    const deployment = await deploymentIn(
      {
        ...world,
        Mutation: {
          ...world.Mutation,
          deploymentCancel: () => ({
            __typename: 'DeploymentCancelPayload',
            deployment: aDeployment({ status: 'CANCELED' }),
          }),
        },
        Subscription: {
          deploymentChanged: async function* () {
            yield aDeployment({ status: 'BUILDING' });
            await never;
          },
        },
      },
      sse,
    );
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const waiting = deployment.wait({
      signal: controller.signal,
      cancelOnAbort,
      onStatus: () => controller.abort(reason),
    });
    await expect(waiting).rejects.toBe(reason);
    const operations = platform.requests.map(({ body }) => body.operationName);
    expect(operations.includes('DeploymentCancel')).toBe(cancelOnAbort);
  });

  test('a deployment that is gone throws NotFoundError', async () => {
    const deployment = await deploymentIn({ Mutation: happyWorld().Mutation }, sse);
    await expect(deployment.wait({ pollMs: 5 })).rejects.toBeInstanceOf(NotFoundError);
  });

  test('the handle of a rollback waits the same way', async () => {
    platform = await mockPlatform(happyWorld());
    const apployd = new Apployd({ url: platform.url });
    const rollback = await apployd.deployments.rollback({ environmentId: 'env_1' });
    expect(await rollback.wait()).toMatchObject({ status: 'READY' });
  });
});
