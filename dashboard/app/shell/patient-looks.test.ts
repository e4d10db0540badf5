import { expect, test, vi } from 'vitest';
import { patientLooks, type Router } from './patient-looks.js';

const here = { pathname: '/acme/shop', search: '' };
const router = (state: string, revalidation: string, navigation: object = {}): Router => ({
  state: { location: here, navigation: { state, ...navigation }, revalidation },
});
const lookingRouter = router('idle', 'loading');
const url = new URL('https://a.test/acme/shop.data');
const headers = { 'x-remix-response': 'yes' };
const lost = () => Promise.reject(new TypeError('Failed to fetch'));
const answer = (status: number, body = '') => Promise.resolve(new Response(body, { status, headers }));
/** An answer that breaks off. */
const broken = () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) });
  return Promise.resolve(new Response(body, { headers }));
};

function looks(answers: readonly (() => Promise<Response>)[], of: Router | undefined = lookingRouter) {
  const fetch = vi.fn<typeof globalThis.fetch>();
  for (const one of answers) fetch.mockImplementationOnce(one);
  const pauses: number[] = [];
  const pause = async (ms: number, signal: AbortSignal | null) => {
    pauses.push(ms);
    signal?.throwIfAborted();
  };
  return { fetch, pauses, look: patientLooks(fetch, () => of, pause) };
}

const somebodyElse = (status: number) => () => Promise.resolve(new Response('<html>', { status }));
const away = [429, 502, 503, 504, 502].map((status) => () => answer(status));

test('a look that nobody answers is made again after pauses that grow, until somebody does', async () => {
  const others = [200, 404, 502, 504].map(somebodyElse);
  const { look, pauses } = looks([lost, broken, ...others, () => answer(200, 'news')]);
  expect(await (await look(url)).text()).toBe('news');
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('what the platform cannot answer is asked for five times, and then told', async () => {
  const { look, pauses } = looks([...away, () => answer(200, 'news')]);
  expect((await look(url)).status).toBe(502);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(await (await look(url)).text()).toBe('news');
});

test('a look that takes the place of another asks no sooner', async () => {
  const given = new AbortController();
  const answers = [away[0], lost, () => answer(200, 'news')];
  const fetch = vi.fn<typeof globalThis.fetch>();
  for (const one of answers) if (one) fetch.mockImplementationOnce(one);
  const pauses: number[] = [];
  const look = patientLooks(
    fetch,
    () => lookingRouter,
    async (ms, signal) => {
      pauses.push(ms);
      if (signal) throw new Error('given up');
    },
  );
  await expect(look(url, { signal: given.signal })).rejects.toThrow('given up');
  expect(await (await look(url)).text()).toBe('news');
  expect(pauses).toEqual([1_000, 1_000, 1_000]);
});

test('once another page was answered, refusals of before count no more', async () => {
  const pauses: number[] = [];
  const given = new AbortController();
  let at = lookingRouter;
  const fetch = vi.fn<typeof globalThis.fetch>().mockImplementation(() => answer(200, 'news'));
  if (away[0]) fetch.mockImplementationOnce(away[0]);
  const look = patientLooks(
    fetch,
    () => at,
    async (ms, signal) => {
      pauses.push(ms);
      given.abort(new Error('another page'));
      signal?.throwIfAborted();
    },
  );
  await expect(look(url, { signal: given.signal })).rejects.toThrow('another page');
  at = router('loading', 'idle');
  await look(new URL('https://a.test/acme.data'));
  at = lookingRouter;
  expect(await (await look(url)).text()).toBe('news');
  expect(pauses).toEqual([1_000]);
});

test('a place on the page that stands is no way to another one', async () => {
  const { look, pauses } = looks([lost, () => answer(200, 'news')], router('loading', 'loading', { location: here }));
  expect(await (await look(url)).text()).toBe('news');
  expect(pauses).toEqual([1_000]);
});

const afterForm = router('loading', 'idle', { location: { ...here, search: '?refused=a' }, formMethod: 'POST' });
const form = { method: 'POST' };

test('what follows a form of the page that was answered is looked at as news are', async () => {
  const answers = [() => answer(202), away[0], () => answer(200, 'news')];
  const { look, pauses } = looks(
    answers.filter((one) => one !== undefined),
    afterForm,
  );
  await look(url, form);
  expect(await (await look(url)).text()).toBe('news');
  expect(pauses).toEqual([1_000]);
});

test.each([
  ['nobody', lost],
  ['somebody else', somebodyElse(502)],
])('of a form that %s has answered the failure is told at once', async (_, ofForm) => {
  const { look, fetch, pauses } = looks([() => answer(202), ofForm, lost], afterForm);
  await look(url, form);
  await look(url, form).catch(() => undefined);
  await expect(look(url)).rejects.toThrow('Failed to fetch');
  expect(pauses).toEqual([]);
  expect(fetch).toHaveBeenCalledTimes(3);
});

test.each([200, 204, 404, 500])('an answer %i is handed on as it is', async (status) => {
  const response = new Response(status === 204 ? null : 'said', { status, headers });
  const { look, pauses } = looks([() => Promise.resolve(response)]);
  const got = await look(url);
  expect([got.status, got.headers.get('x-remix-response')]).toEqual([status, 'yes']);
  expect(await got.text()).toBe(status === 204 ? '' : 'said');
  expect(pauses).toEqual([]);
});

test('a look that is given up ends with the reason', async () => {
  const given = new AbortController();
  const { look, pauses } = looks([() => (given.abort(new Error('another page')), lost())]);
  await expect(look(url, { signal: given.signal })).rejects.toThrow('another page');
  expect(pauses).toEqual([]);
});

test('a look that is given up while it waits ends at once', async () => {
  const given = new AbortController();
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  const look = patientLooks(lost, () => lookingRouter)(url, { signal: given.signal });
  setTimeout(() => given.abort(new Error('another page')), 10);
  await expect(look).rejects.toThrow('another page');
  vi.unstubAllGlobals();
});

test.each([
  ['a way to another page', url, {}, router('loading', 'idle')],
  ['a way to what is searched there', url, {}, router('loading', 'idle', { location: { ...here, search: '?q=a' } })],
  [
    'what follows a form that leads elsewhere',
    url,
    {},
    router('loading', 'loading', { location: { pathname: '/acme', search: '' }, formMethod: 'POST' }),
  ],
  ['a way to another page that ends a look', url, {}, router('loading', 'loading')],
  ['a form', url, { method: 'POST' }, lookingRouter],
  ['what is no page', '/healthz', {}, lookingRouter],
  ['what another path answers', new URL('https://a.test/metrics'), {}, lookingRouter],
  ['a page that has not begun', url, {}, undefined],
] as const)('%s fails at once', async (_, input, init, of) => {
  const { fetch, pauses } = looks([lost]);
  await expect(patientLooks(fetch, () => of)(input, init)).rejects.toThrow('Failed to fetch');
  expect(pauses).toEqual([]);
});
