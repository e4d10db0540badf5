import type { Data } from './client.js';
import type { TestServer } from './test-server.js';

/** The status and the first message of a subscription, which is left again at once. */
export async function firstEvent(
  { url }: Pick<TestServer, 'url'>,
  query: string,
  token?: string,
): Promise<{ readonly status: number; readonly data?: Data; readonly errors?: readonly Data[] }> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  });
  const { status } = response;
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const [, event] = /^event: next\ndata: (.*)\n\n/m.exec(text) ?? [];
    if (event !== undefined) {
      leaving.abort();
      return { status, ...(JSON.parse(event) as object) };
    }
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return { status, ...(text.startsWith('{') ? (JSON.parse(text) as object) : {}) };
    text += value;
  }
}
