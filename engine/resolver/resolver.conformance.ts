import { afterEach, describe, expect, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import type { FakeRecords } from './fake.js';
import type { Resolver } from './resolver.js';

/** A resolver under test, and the DNS that it asks. */
export type ResolverBench = {
  readonly resolver: Resolver;
  set(name: string, records: FakeRecords): void;
  silence(name: string): void;
  close(): Promise<void>;
};

/** What every resolver guarantees. */
export function resolverConformance(name: string, open: () => Promise<ResolverBench>): void {
  describe(`resolver: ${name}`, () => {
    const opened: ResolverBench[] = [];
    const aBench = async () => {
      const bench = await open();
      opened.push(bench);
      return bench;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bench) => bench.close()));
    });

    test('what the records of a name say is told whole, and of a name without any, nothing', async () => {
      const { resolver, set } = await aBench();
      const long = 'x'.repeat(300);
      const caa = ['iodef mailto:ca@shop.test', 'issue letsencrypt.org', 'issuewild ;'];
      set('shop.test', { txt: ['one', long], addresses: ['192.0.2.1', '2001:db8::1'], caa });
      const signal = deadlineIn(10_000);
      expect([...(await resolver.txt('shop.test', signal))].sort()).toEqual(['one', long]);
      expect([...(await resolver.addresses('shop.test', signal))].sort()).toEqual(['192.0.2.1', '2001:db8::1']);
      expect([...(await resolver.caa('shop.test', signal))].sort()).toEqual(caa);
      set('www.shop.test', { cname: 'Apps.Example.Test' });
      expect(await resolver.cname('www.shop.test', signal)).toBe('apps.example.test');
      expect(await resolver.cname('shop.test', signal)).toBeNull();
      expect(await resolver.cname('nobody.test', signal)).toBeNull();
      expect(await resolver.caa('nobody.test', signal)).toEqual([]);
      expect(await resolver.txt('nobody.test', signal)).toEqual([]);
      expect(await resolver.addresses('nobody.test', signal)).toEqual([]);
    });

    test('a name whose servers have trouble is an error, not a name without records', async () => {
      const { resolver, silence } = await aBench();
      silence('shop.test');
      await expect(resolver.txt('shop.test', deadlineIn(10_000))).rejects.toThrow();
      await expect(resolver.addresses('shop.test', deadlineIn(10_000))).rejects.toThrow();
      await expect(resolver.cname('shop.test', deadlineIn(10_000))).rejects.toThrow();
    });

    test('a question that was aborted is an error', async () => {
      const { resolver } = await aBench();
      await expect(resolver.txt('shop.test', AbortSignal.abort())).rejects.toThrow();
    });
  });
}
