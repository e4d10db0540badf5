import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/client.js';
import { aPerson, aToken, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

const who = '{ viewer { user { id } } }';

let server: TestServer;
let ada: Person;
let bob: Person;
let ofAda: string;
beforeAll(async () => {
  server = await testServer();
  [ada, bob] = [await aPerson(server), await aPerson(server)];
  ofAda = await aToken(server, ada, { scopes: ['PROJECT_READ'] });
  // Who pays is looked up once a minute, with the first of them, and that a token was used is noted once.
  for (const token of [ada.token, bob.token, ofAda]) await ask(server, who, {}, { token });
});
afterAll(() => server.close());

const nothing = (token: string) => ask(server, '{ __typename }', {}, { token });

/** Holds the first look up until so many requests have come, however fast the database is. */
async function heldUntilHere<T>(count: number, work: () => T): Promise<T> {
  let arrived = 0;
  const arrive = () => void (arrived += 1);
  subscribe('http.server.request.start', arrive);
  try {
    const { begun } = await server.db.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE "Session", "ApiToken" IN ACCESS EXCLUSIVE MODE`;
      const held = { begun: work() };
      await expect.poll(() => arrived).toBeGreaterThanOrEqual(count);
      return held;
    });
    return begun;
  } finally {
    unsubscribe('http.server.request.start', arrive);
  }
}

const reasonOf = async (token: string) => (await ask(server, who, {}, { token })).errors[0]?.extensions.reason;

describe('requests at the same time', () => {
  test.each([
    ['of sessions', () => [ada.token, bob.token]],
    ['of tokens', () => [ofAda]],
  ])('%s ask together who sent them', async (_, tokens) => {
    const all = Array.from({ length: 20 }, tokens).flat().slice(0, 20);
    // Connections first: who comes over a new one comes late.
    await Promise.all(all.map(nothing));
    const before = server.statements();
    const answers = await Promise.all(await heldUntilHere(all.length, () => all.map(nothing)));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(server.statements() - before).toBeLessThan(all.length / 2);
  });

  test('are each answered as who they are, and one with a wrong token is refused alone', async () => {
    const wrong = `${ofAda.slice(0, -4)}0000`;
    const tokens = [ada.token, wrong, bob.token, 'nobody', ofAda, ada.token, bob.token];
    const answers = await Promise.all(tokens.map((token) => ask(server, who, {}, { token })));
    expect(answers.map(({ data, errors }) => data?.viewer?.user.id ?? errors[0]?.extensions.reason)).toEqual([
      ada.userId,
      'MALFORMED',
      bob.userId,
      'EXPIRED',
      ada.userId,
      ada.userId,
      bob.userId,
    ]);
  });
});

test('who is revoked between two requests is refused by the second, however many others ask meanwhile', async () => {
  const gone = await aToken(server, ada, { scopes: ['PROJECT_READ'] });
  const leaving = await aPerson(server);
  let isOver = false;
  const crowd = Array.from({ length: 8 }, async () => {
    while (!isOver) await nothing(bob.token);
  });
  try {
    expect([await reasonOf(gone), await reasonOf(leaving.token)]).toEqual([undefined, undefined]);
    await server.db.apiToken.updateMany({ where: { prefix: gone.slice(0, 12) }, data: { revokedAt: new Date() } });
    await server.db.session.deleteMany({ where: { userId: uuid(leaving.userId) } });
    expect([await reasonOf(gone), await reasonOf(leaving.token)]).toEqual(['REVOKED', 'EXPIRED']);
  } finally {
    isOver = true;
    await Promise.all(crowd);
  }
});
