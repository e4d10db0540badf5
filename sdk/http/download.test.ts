import { afterEach, expect, test } from 'vitest';
import { Apployd } from '../client.js';
import { NetworkError, RateLimitError } from '../error/apployd-error.js';
import { ForbiddenError } from '../error/domain-error.js';
import { organization } from '../testing/make.js';
import { type Interception, type MockPlatform, mockPlatform } from '../testing/mock-platform.js';

let platform: MockPlatform;
afterEach(() => platform.close());

const entry = (id: string) => ({
  id,
  at: '2026-11-23T12:00:00.000Z',
  actor: null,
  action: 'variablesSet',
  changes: {},
});

async function exporting(answer: Interception) {
  const resolvers = {
    Query: { organization: () => ({ ...organization, auditExportUrl: new URL('/audit/org_1', platform.url).href }) },
  };
  platform = await mockPlatform(resolvers, (request, ...rest) => request.method === 'GET' && answer(request, ...rest));
  return new Apployd({ url: platform.url, token: 'secret', retries: 0 }).audit;
}

async function idsOf(events: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of events) ids.push(id);
  return ids;
}

test('an export hands out each line, wherever the parts of the answer are cut', async () => {
  const text = Buffer.from(['aud_1', 'aud_ü', 'aud_3'].map((id) => `${JSON.stringify(entry(id))}\n`).join(''));
  const audit = await exporting((_request, response) => {
    void (async () => {
      for (const byte of text) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    })();
    return true;
  });
  expect(await idsOf(audit.export({ organizationId: 'org_1' }))).toEqual(['aud_1', 'aud_ü', 'aud_3']);
});

test('an export carries the token and the filter', async () => {
  const audit = await exporting((_request, response) => Boolean(response.end()));
  const filter = { actions: ['a', 'b'], targetId: 'env_1', actorId: null };
  expect(await idsOf(audit.export({ organizationId: 'org_1', filter }))).toEqual([]);
  const { path, headers } = platform.requests.at(-1)!;
  expect([path, headers.authorization]).toEqual(['/audit/org_1?actions=a&actions=b&targetId=env_1', 'Bearer secret']);
});

test('an export that breaks off throws NetworkError behind the lines that came', async () => {
  const audit = await exporting((_request, response) => {
    response.write(`${JSON.stringify(entry('aud_1'))}\n{"id":`, () => response.destroy());
    return true;
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { id } of audit.export({ organizationId: 'org_1' })) seen.push(id);
  })();
  await expect(reading).rejects.toBeInstanceOf(NetworkError);
  expect(seen).toEqual(['aud_1']);
});

test('an export that is refused throws what a query throws', async () => {
  const refused = { errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN', requiredRole: 'ADMIN' } }] };
  const audit = await exporting((_request, response) => {
    response.writeHead(403).end(JSON.stringify(refused));
    return true;
  });
  await expect(idsOf(audit.export({ organizationId: 'org_1' }))).rejects.toBeInstanceOf(ForbiddenError);
  await platform.close();
  const busy = await exporting((_request, response) => {
    response.writeHead(429, { 'retry-after': '7' }).end('');
    return true;
  });
  const error = await idsOf(busy.export({ organizationId: 'org_1' })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RateLimitError);
  expect((error as RateLimitError).retryAfterMs).toBe(7_000);
});

test('leaving the loop ends the download', async () => {
  let leave = () => {};
  const left = new Promise<void>((resolve) => (leave = resolve));
  const audit = await exporting((_request, response) => {
    response.on('close', leave);
    response.write(`${JSON.stringify(entry('aud_1'))}\n`);
    return true;
  });
  for await (const { id } of audit.export({ organizationId: 'org_1' })) {
    expect(id).toBe('aud_1');
    break;
  }
  await left;
});
