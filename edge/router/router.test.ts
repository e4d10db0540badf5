import { ask } from '../testing/ask.js';
import { startTarget, type Target } from '../testing/target.js';
import { embeddedRouter } from './embedded.js';
import { fakeRouter } from './fake.js';
import { routerConformance } from './router.conformance.js';

routerConformance('fake', async () => {
  const router = fakeRouter();
  let port = 1000;
  return {
    router,
    target: async () => `127.0.0.1:${(port += 1)}`,
    visit: async (host, path) => router.visit(host, path),
    close: () => router.close(0),
  };
});

routerConformance('embedded', async () => {
  const platform = { hostnames: ['platform.test'], server: '127.0.0.1:9', dashboard: null };
  const router = embeddedRouter({ host: '127.0.0.1', port: 0, platform });
  const { port } = await router.listen();
  const targets: Target[] = [];
  return {
    router,
    target: async () => {
      const target = await startTarget((_req, res) => res.end(target.address));
      targets.push(target);
      return target.address;
    },
    visit: async (host, path) => {
      const { status, headers, body } = await ask(port, host, { path });
      if (headers.location) return `${status} ${headers.location}`;
      return headers['apployd-error']?.toString() ?? body;
    },
    close: async () => {
      await router.close(0);
      await Promise.all(targets.map((target) => target.kill()));
    },
  };
});
