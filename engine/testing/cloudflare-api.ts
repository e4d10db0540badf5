import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@apployd/core/id';

type Kept = {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly ttl: number;
  readonly proxied?: boolean;
  readonly comment?: string;
};

/** Cloudflare's API as far as zones and their records go, strict in what it takes, with state. */
export type CloudflareApi = {
  readonly url: string;
  readonly token: string;
  readonly records: Map<string, Kept>;
  /** `METHOD path` of each request. */
  readonly asked: string[];
  /** What the token may do with the zone. */
  permissions: string[];
  tokenStatus: string;
  /** So many requests from now on are refused with this status, and a wait of no time. */
  refuse(count: number, status: number): void;
  close(): Promise<void>;
};

const zone = { id: '023e105f4ecef8ad9ca31a8372d0c353', name: 'example.test' };
const mostPerPage = 100;
const longestComment = 100;

export async function cloudflareApi(): Promise<CloudflareApi> {
  let refused = { count: 0, status: 429 };
  const api: Omit<CloudflareApi, 'url' | 'close'> = {
    token: `token-${newId()}`,
    records: new Map(),
    asked: [],
    permissions: ['#zone:read', '#dns_records:edit'],
    tokenStatus: 'active',
    refuse: (count, status) => void (refused = { count, status }),
  };
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://cloudflare.test');
    api.asked.push(`${request.method} ${url.pathname}`);
    const answer = await (async () => {
      if (refused.count > 0) {
        refused.count -= 1;
        return failure(refused.status, 10_000, 'Please wait.');
      }
      if (request.headers.authorization !== `Bearer ${api.token}`) return failure(401, 10_000, 'Authentication error');
      return answerTo(api, request, url);
    })();
    response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '0' });
    response.end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(api, {
    url: `http://127.0.0.1:${port}/client/v4`,
    close: async () => void (await new Promise((resolve) => server.close(resolve).closeAllConnections())),
  });
}

type Api = Omit<CloudflareApi, 'url' | 'close'>;
type Answer = { readonly status: number; readonly body: object };

async function answerTo(api: Api, request: http.IncomingMessage, url: URL): Promise<Answer> {
  const { pathname: path, searchParams: query } = url;
  if (path === '/client/v4/user/tokens/verify') return success({ id: 'a-token', status: api.tokenStatus });
  if (path === '/client/v4/zones') {
    const isIt = query.get('name') === zone.name;
    return page(isIt ? [{ ...zone, permissions: api.permissions }] : [], query);
  }
  const [, zoneId, id] = /^\/client\/v4\/zones\/([^/]+)\/dns_records(?:\/([^/]+))?$/.exec(path) ?? [];
  if (zoneId !== zone.id) return failure(404, 7_003, 'Could not route to that.');
  const method = `${request.method}${id ? ' one' : ''}`;
  if (method === 'GET') return page(named(api, query), query);
  if (method === 'DELETE one') {
    return api.records.delete(id ?? '') ? success({ id }) : failure(404, 81_044, 'Record does not exist.');
  }
  const isUpdate = method === 'PUT one';
  if (!isUpdate && method !== 'POST') return failure(405, 10_405, 'Method not allowed.');
  if (isUpdate && !api.records.has(id ?? '')) return failure(404, 81_044, 'Record does not exist.');
  if (request.headers['content-type'] !== 'application/json') return failure(415, 6_003, 'JSON is expected.');
  return put(api, id ?? newId(), await bodyOf(request));
}

function named({ records }: Api, query: URLSearchParams): readonly Kept[] {
  const name = query.get('name.exact');
  return [...records.values()].filter((record) => name === null || record.name === name);
}

/** As Cloudflare refuses what contradicts itself or what is there. */
function put({ records }: Api, id: string, given: Omit<Kept, 'id'>): Answer {
  const known = ['type', 'name', 'content', 'ttl', 'proxied', 'comment'];
  const isWhole = typeof given.name === 'string' && typeof given.content === 'string' && typeof given.ttl === 'number';
  if (!isWhole || Object.keys(given).some((key) => !known.includes(key))) return failure(400, 9_005, 'Bad content.');
  if (!`.${given.name}`.endsWith(`.${zone.name}`)) return failure(400, 9_000, 'Not of this zone.');
  if (given.ttl !== 1 && given.ttl < 60) return failure(400, 9_021, 'Bad TTL.');
  if ((given.comment ?? '').length > longestComment) return failure(400, 9_217, 'The comment is too long.');
  if (given.type === 'TXT' && given.proxied) return failure(400, 9_004, 'It cannot be proxied.');
  const others = [...records.values()].filter((one) => one.name === given.name && one.id !== id);
  if (others.some((one) => one.type === given.type && one.content === given.content)) {
    return failure(400, 81_058, 'An identical record already exists.');
  }
  const isAlone = (type: string) => type === 'CNAME';
  const isAddress = (type: string) => ['A', 'AAAA', 'CNAME'].includes(type);
  const clash = others.some(
    ({ type }) => isAddress(type) && isAddress(given.type) && (isAlone(type) || isAlone(given.type)),
  );
  if (clash) return failure(400, 81_053, 'A CNAME stands alone.');
  records.set(id, { ...given, id });
  return success({ ...given, id });
}

async function bodyOf(request: http.IncomingMessage): Promise<Omit<Kept, 'id'>> {
  let text = '';
  for await (const part of request) text += String(part);
  return JSON.parse(text) as Omit<Kept, 'id'>;
}

function page(all: readonly object[], query: URLSearchParams): Answer {
  const [number, size] = [Number(query.get('page') ?? 1), Math.min(mostPerPage, Number(query.get('per_page') ?? 20))];
  const result = all.slice((number - 1) * size, number * size);
  const result_info = { page: number, per_page: size, count: result.length, total_count: all.length };
  return { status: 200, body: { success: true, errors: [], messages: [], result, result_info } };
}

const success = (result: object): Answer => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result },
});

const failure = (status: number, code: number, message: string): Answer => ({
  status,
  body: { success: false, errors: [{ code, message }], messages: [], result: null },
});
