import { afterEach } from 'vitest';
import { nginxRouter, type NginxOptions } from '../router/nginx/nginx.js';
import { benchOf } from './bench.js';
import { nginxOptions, removeFolders } from './nginx-bench.js';

/** For tests that start an Nginx of their own each: what one has opened is gone when it is over. */
export function useNginx() {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });
  const atEnd = (clean: () => Promise<unknown>) => void cleanups.push(clean);
  return {
    /** Done when the test is over, the last first. */
    atEnd,
    options: async (changed: Partial<NginxOptions> = {}) => {
      const made = await nginxOptions({ workers: 1, ...changed });
      atEnd(() => removeFolders(made));
      return made;
    },
    aBench: async (settings: NginxOptions) => {
      const bench = await benchOf(nginxRouter(settings));
      atEnd(bench.close);
      return bench;
    },
  };
}
