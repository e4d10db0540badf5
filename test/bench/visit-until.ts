import http from 'node:http';

export type Answer = { readonly status: number; readonly body: string };

const everyMs = 5;
const deadlineMs = 60_000;

/** Visits on fresh connections every few milliseconds until the answer is the one waited for. */
export async function visitUntil(url: string, isIt: (answer: Answer) => boolean): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    const answer = await visit(url).catch(() => null);
    if (answer && isIt(answer)) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`${url} did not answer as expected within ${deadlineMs} ms.`);
}

function visit(url: string): Promise<Answer> {
  const { port, host, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port, path: pathname, agent: false, headers: { host }, timeout: 2_000 },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}
