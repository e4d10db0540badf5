import type { RequestListener } from 'node:http';
import { embeddedRouter, type EmbeddedOptions } from '../router/embedded.js';
import type { Router } from '../router/router.js';
import { ask } from './ask.js';
import { startTarget, type Target } from './target.js';

export const aRoute = (hostname: string, ...targets: readonly string[]) => ({
  hostname,
  environmentId: `environment of ${hostname}`,
  deploymentId: null,
  targets,
  redirects: [],
});

export const aPlatform = { hostnames: ['platform.test'], server: '127.0.0.1:9', dashboard: null };

/** An embedded router on a free port, with apps behind it. */
export const openBench = (options: Partial<Exclude<EmbeddedOptions, { readonly socketPath: string }>> = {}) =>
  benchOf(embeddedRouter({ host: '127.0.0.1', port: 0, platform: aPlatform, ...options }));

/** A router that serves, with apps behind it. */
export async function benchOf(router: Router) {
  const { port, tlsPort } = await router.listen();
  const targets: Target[] = [];
  const target = async (answer: RequestListener, at = 0) => {
    const started = await startTarget(answer, at);
    targets.push(started);
    return started;
  };
  return {
    router,
    port,
    tlsPort,
    target,
    /** An app at `app.test`. */
    app: async (answer: RequestListener) => {
      const started = await target(answer);
      await router.apply([aRoute('app.test', started.address)]);
      return started;
    },
    ask: (options: Parameters<typeof ask>[2] = {}) => ask(port, 'app.test', options),
    close: async () => {
      await router.close(0);
      await Promise.all(targets.map((each) => each.kill()));
    },
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;
