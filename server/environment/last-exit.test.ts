import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InstanceExit } from '@apployd/core/instance-exit';
import { ask } from '../testing/client.js';
import { aPerson, aProject, aToken, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
});
afterAll(() => server.close());

const lastExit: InstanceExit = {
  at: '2026-11-26T20:00:00.000Z',
  reason: 'OUT_OF_MEMORY',
  exitCode: 137,
  message: 'It needed more than its 64 MiB of memory, and was ended.',
  lastLines: ['loading', 'loading more'],
};
const shown = 'observedState restarts restartsAt lastExit { at reason message exitCode outOfMemory }';

async function aCrashed(): Promise<string> {
  const { environmentId } = await aProject(server, ada);
  const restartAfter = new Date('2026-11-26T20:05:00Z');
  const data = { observedState: 'CRASHED', restarts: 6, restartAfter, lastExit } as const;
  await server.db.environment.update({ where: { id: uuid(environmentId) }, data });
  return environmentId;
}

const read = (id: string, token: string, selection: string) =>
  ask(server, `query ($id: ID!) { environment(id: $id) { ${selection} } }`, { id }, { token });

test('an environment says that it crashes, how often it was restarted, how it ended, and what it printed last', async () => {
  const { lastLines, ...rest } = lastExit;
  const id = await aCrashed();
  const { data } = await read(id, ada.token, `${shown} lines: lastExit { lastLines }`);
  expect(data.environment).toEqual({
    observedState: 'CRASHED',
    restarts: 6,
    restartsAt: '2026-11-26T20:05:00.000Z',
    lastExit: { ...rest, outOfMemory: true },
    lines: { lastLines },
  });
});

test('one that never ended by itself has nothing to say of it', async () => {
  const { environmentId } = await aProject(server, ada);
  const { data } = await read(environmentId, ada.token, shown);
  expect(data.environment).toMatchObject({ restarts: 0, restartsAt: null, lastExit: null });
});

test('a token that may not read logs learns how it ended, and not what it printed', async () => {
  const id = await aCrashed();
  const token = await aToken(server, ada, { scopes: ['PROJECT_READ'] });
  expect((await read(id, token, shown)).data.environment.lastExit).toMatchObject({ exitCode: 137 });
  const { errors } = await read(id, token, 'lastExit { lastLines }');
  expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScope: 'LOG_READ' });
});
