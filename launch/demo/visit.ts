import http from 'node:http';
import { withinDeadline } from '@apployd/core/deadline';

export type Answer = { readonly status: number; readonly body: string };

const timeoutMs = 10_000;

/**
 * Visits an app as a browser would. Connects to 127.0.0.1 and names the app in the Host header,
 * because `*.localhost` does not resolve everywhere.
 */
export function visit(
  url: string,
  { agent, signal }: { readonly agent?: http.Agent; readonly signal: AbortSignal },
): Promise<Answer> {
  return withinDeadline(signal, timeoutMs, (ending) => get(url, agent, ending));
}

function get(url: string, agent: http.Agent | undefined, signal: AbortSignal): Promise<Answer> {
  const { hostname, port, pathname, host } = new URL(url);
  const address = hostname.endsWith('.localhost') ? '127.0.0.1' : hostname;
  return new Promise((resolve, reject) => {
    const request = http.get({ host: address, port, path: pathname, agent, headers: { host }, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
