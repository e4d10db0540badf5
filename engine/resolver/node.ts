import { promises as dns, type CaaRecord } from 'node:dns';
import type { Resolver } from './resolver.js';

const absent: readonly string[] = ['ENOTFOUND', 'ENODATA'];

/** By Node's own client, which asks these servers, or those that the machine asks. */
export function nodeResolver(servers: readonly string[]): Resolver {
  /** A client of its own for each question: what is cancelled is not somebody else's. */
  const ask = async <T>(signal: AbortSignal, question: (client: dns.Resolver) => Promise<T[]>): Promise<T[]> => {
    signal.throwIfAborted();
    const client = new dns.Resolver({ timeout: 2_000, tries: 2 });
    if (servers.length > 0) client.setServers(servers);
    const stop = () => client.cancel();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await question(client);
    } catch (error) {
      if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
  return {
    txt: async (name, signal) =>
      (await ask(signal, (client) => client.resolveTxt(name))).map((pieces) => pieces.join('')),
    cname: async (name, signal) =>
      (await ask(signal, (client) => client.resolveCname(name)))[0]?.toLowerCase().replace(/\.$/, '') ?? null,
    caa: async (name, signal) => (await ask(signal, (client) => client.resolveCaa(name))).flatMap(caaText),
    addresses: async (name, signal) =>
      (
        await Promise.all([
          ask(signal, (client) => client.resolve4(name)),
          ask(signal, (client) => client.resolve6(name)),
        ])
      ).flat(),
  };
}

/** Of whichever kind: where a name has records, those of the names above it do not count, even if they restrict nothing. */
function caaText({ critical: _, ...properties }: CaaRecord): string[] {
  return Object.entries(properties).map(([tag, value]) => `${tag.toLowerCase()} ${value}`);
}
