/** Names below `localhost` do not resolve in Node everywhere; the platform is where its API is. */
export function reachable(given: string, apiUrl: string): string {
  const url = new URL(given, apiUrl);
  const api = new URL(apiUrl);
  return /(^|\.)localhost$/.test(url.hostname) ? `${api.origin}${url.pathname}${url.search}` : url.href;
}
