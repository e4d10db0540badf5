import http, { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
};

/** One request with Node's own client, which retries nothing. */
export function ask(
  port: number,
  host: string,
  options: {
    readonly path?: string;
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string | Buffer;
    readonly agent?: Agent;
    /** From which of this machine's addresses it comes. */
    readonly localAddress?: string;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { path = '/', method = 'GET', headers = {}, body, agent, localAddress } = options;
    const to = { host: '127.0.0.1', port, localAddress };
    const request = http.request({ ...to, path, method, agent, headers: { host, ...headers } });
    request.setTimeout(20_000, () => request.destroy(new Error('No answer within 20 s.')));
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode: status = 0, headers, rawHeaders, trailers } = response;
        resolve({ status, headers, rawHeaders, trailers, body: Buffer.concat(chunks).toString() });
      });
    });
    request.end(body);
  });
}
