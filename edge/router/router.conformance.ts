import { afterEach, describe, expect, test } from 'vitest';
import type { Redirect } from '@apployd/core/redirect';
import { counted } from '../testing/counted.js';
import type { Router } from './router.js';

/** A router under test, with what it takes to try it. */
export type RouterBench = {
  readonly router: Router;
  /** Starts something that takes visitors, and returns its `host:port`. */
  target(): Promise<string>;
  /** Asks for a host name: the `host:port` that answered, the code of the edge's own answer, or `307 LOCATION`. */
  visit(host: string, path?: string): Promise<string>;
  close(): Promise<void>;
};

const route = (hostname: string, targets: readonly string[], redirects: readonly Redirect[] = []) => ({
  hostname,
  environmentId: `environment of ${hostname}`,
  deploymentId: null,
  targets,
  redirects,
});

/** What every router guarantees about who gets which visitor. */
export function routerConformance(name: string, open: () => Promise<RouterBench>): void {
  describe(`router: ${name}`, () => {
    const opened: RouterBench[] = [];
    const aBench = async () => {
      const bench = await open();
      opened.push(bench);
      return bench;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bench) => bench.close()));
    });

    test('visitors reach the target of their host name', async () => {
      const { router, target, visit } = await aBench();
      const [blue, red] = [await target(), await target()];
      await router.apply([route('blue.test', [blue]), route('red.test', [red])]);
      expect([await visit('blue.test'), await visit('red.test')]).toEqual([blue, red]);
    });

    test('host names are compared without case, port and trailing dot', async () => {
      const { router, target, visit } = await aBench();
      const blue = await target();
      await router.apply([route('Blue.Test', [blue])]);
      expect(
        await Promise.all(['BLUE.test', 'blue.test:8080', 'blue.test.', 'blue.TEST.:80'].map((host) => visit(host))),
      ).toEqual(Array(4).fill(blue));
    });

    test('an unknown host name is nowhere, and says nothing else', async () => {
      const { router, target, visit } = await aBench();
      await router.apply([route('blue.test', [await target()])]);
      expect(
        await Promise.all(['red.test', 'x.blue.test', 'test', 'blue.test.evil'].map((host) => visit(host))),
      ).toEqual(Array(4).fill('NO_ROUTE'));
    });

    test('a wildcard takes names of one more label that have no route of their own, and is counted as one', async () => {
      const { router, target, visit } = await aBench();
      const [blue, red] = [await target(), await target()];
      await router.apply([route('*.blue.test', [blue]), route('own.blue.test', [red]), route('none.blue.test', [])]);
      expect(await Promise.all(['a.blue.test', 'B.Blue.Test.:80', 'own.blue.test'].map((host) => visit(host)))).toEqual(
        [blue, blue, red],
      );
      expect(
        await Promise.all(['blue.test', 'a.b.blue.test', 'a.red.test', '.blue.test'].map((host) => visit(host))),
      ).toEqual(Array(4).fill('NO_ROUTE'));
      // The wildcard itself is no host name, and what is one does not fall through to it.
      expect(await visit('none.blue.test')).toBe('NOBODY_HOME');
      const { '*.blue.test': wild, 'own.blue.test': own, ...others } = await counted(router, 3);
      expect([wild?.requests, own?.requests, others]).toEqual([2, 1, {}]);
      await router.forget(['own.blue.test', '*.blue.test']);
      expect(await visit('own.blue.test')).toBe('NO_ROUTE');
    });

    test('a route without targets tells that nobody is home', async () => {
      const { router, target, visit } = await aBench();
      await router.apply([route('blue.test', [await target()])]);
      await router.apply([route('blue.test', [])]);
      expect(await visit('blue.test')).toBe('NOBODY_HOME');
    });

    test('a redirect is answered before anybody is asked, the first that fits, with the rest of the path and the query', async () => {
      const { router, target, visit } = await aBench();
      const blue = await target();
      const to = (from: string, to: string, permanent = false) => ({ from, to, permanent });
      const rules = [
        to('/old', '/new', true),
        to('/with', '/query?a=1'),
        to('/blog/*', 'https://blog.test/posts/*'),
        to('/flat/*', '/'),
        to('/%6fdd"{}\\;$host/*', '/*'),
        to('/x/*', '/*'),
      ];
      await router.apply([route('blue.test', [blue], rules), route('red.test', [], rules)]);
      const asked: Readonly<Record<string, string>> = {
        '/old': '308 /new',
        '/old?a=b&c': '308 /new?a=b&c',
        '/with?b=2': '307 /query?a=1',
        '/blog/': '307 https://blog.test/posts/',
        '/blog/2026//a%20b?page=2': '307 https://blog.test/posts/2026//a%20b?page=2',
        '/flat/a/b': '307 /',
        '/%6fdd"{}\\;$host/a': '307 /a',
        '/x//evil.test': '307 /evil.test',
        '/x/\\evil.test': '307 /evil.test',
        '/': blue,
        '/older': blue,
        '/old/': blue,
        '/blog': blue,
        '/new?x=/old': blue,
      };
      for (const [path, answer] of Object.entries(asked)) {
        expect([path, await visit('blue.test', path)]).toEqual([path, answer]);
      }
      expect(await visit('red.test', '/old')).toBe('308 /new');
      await router.apply([route('blue.test', [blue])]);
      expect(await visit('blue.test', '/old')).toBe(blue);
    });

    test('several targets take visitors in turn', async () => {
      const { router, target, visit } = await aBench();
      const targets = [await target(), await target(), await target()];
      await router.apply([route('blue.test', targets)]);
      const seen: string[] = [];
      for (let i = 0; i < 6; i += 1) seen.push(await visit('blue.test'));
      for (const each of targets) expect(seen.filter((answer) => answer === each)).toHaveLength(2);
    });

    test('once a change is applied, every visitor meets it; other host names keep theirs', async () => {
      const { router, target, visit } = await aBench();
      const [old, next, other] = [await target(), await target(), await target()];
      await router.apply([route('blue.test', [old]), route('red.test', [other])]);
      await router.apply([route('blue.test', [next])]);
      expect([await visit('blue.test'), await visit('red.test')]).toEqual([next, other]);
    });

    test('applying the same routes again changes nothing', async () => {
      const { router, target, visit } = await aBench();
      const blue = await target();
      await router.apply([route('blue.test', [blue])]);
      await router.apply([route('blue.test', [blue])]);
      expect(await visit('blue.test')).toBe(blue);
    });

    test('a malformed target is refused whole, and what was in force stays', async () => {
      const { router, target, visit } = await aBench();
      const [blue, red] = [await target(), await target()];
      await router.apply([route('blue.test', [blue])]);
      await expect(router.apply([route('blue.test', [red]), route('red.test', ['no address'])])).rejects.toThrow(
        'host:port',
      );
      expect(await visit('blue.test')).toBe(blue);
    });

    test('a forgotten host name is nowhere; forgetting what is unknown is not an error', async () => {
      const { router, target, visit } = await aBench();
      await router.apply([route('blue.test', [await target()])]);
      await router.forget(['blue.test', 'never.test']);
      expect(await visit('blue.test')).toBe('NO_ROUTE');
    });

    test('traffic is counted by host name since it was asked for last', async () => {
      const { router, target, visit } = await aBench();
      await router.apply([route('blue.test', [await target()]), route('red.test', [await target()])]);
      for (const host of ['blue.test', 'blue.test', 'red.test', 'unknown.test']) await visit(host);
      expect(await counted(router, 3)).toEqual({
        'blue.test': expect.objectContaining({ environmentId: 'environment of blue.test', requests: 2 }),
        'red.test': expect.objectContaining({ environmentId: 'environment of red.test', requests: 1 }),
      });
      expect((await router.traffic()).samples).toEqual([]);
    });
  });
}
