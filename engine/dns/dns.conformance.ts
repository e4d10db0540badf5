import { afterEach, describe, expect, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { RecordInTheWay, type Dns, type DnsRecord } from './dns.js';

/** A provider under test: with a zone for `example.test`, and what a name has there. */
export type DnsBench = {
  readonly dns: Dns;
  at(name: string): readonly DnsRecord[];
  /** Somebody else sets a record at the provider. */
  setByHand(record: DnsRecord): void;
  close(): Promise<void>;
};

/** What every provider guarantees. */
export function dnsConformance(title: string, open: () => Promise<DnsBench>): void {
  describe(`dns: ${title}`, () => {
    const opened: DnsBench[] = [];
    const aBench = async () => {
      const bench = await open();
      opened.push(bench);
      const signal = deadlineIn(20_000);
      const [ensure, ensureAll, remove] = [
        (...records: DnsRecord[]) => each(records, (record) => bench.dns.ensure([record], signal)),
        (...records: DnsRecord[]) => bench.dns.ensure(records, signal),
        (record: DnsRecord) => bench.dns.remove(record, signal),
      ];
      return {
        ...bench,
        ensure,
        ensureAll,
        remove,
        contents: (of = name) => bench.at(of).map(({ content }) => content),
      };
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bench) => bench.close()));
    });

    const name = 'shop.apps.example.test';
    const a = (content: string): DnsRecord => ({ type: 'A', name, content });
    const txt = (content: string): DnsRecord => ({ type: 'TXT', name, content });
    const cname = (content: string): DnsRecord => ({ type: 'CNAME', name, content });
    const aaaa: DnsRecord = { type: 'AAAA', name, content: '2001:db8::1' };

    test('a record is there once, however often it is asked for', async () => {
      const { ensure, contents } = await aBench();
      await ensure(a('192.0.2.1'), a('192.0.2.1'), txt('a text'), txt('a text'));
      expect(contents()).toEqual(['192.0.2.1', 'a text']);
    });

    test('another address takes the place of the former one; one of the other family and texts stay', async () => {
      const { ensure, contents } = await aBench();
      await ensure(a('192.0.2.1'), aaaa, txt('a text'), a('192.0.2.2'));
      expect([...contents()].sort()).toEqual(['192.0.2.2', '2001:db8::1', 'a text']);
    });

    test('addresses and an alias take the place of each other', async () => {
      const { ensure, contents } = await aBench();
      await ensure(a('192.0.2.1'), aaaa, cname('edge.example.test'));
      expect(contents()).toEqual(['edge.example.test']);
      await ensure(aaaa);
      expect(contents()).toEqual(['2001:db8::1']);
    });

    test('texts stand beside each other, and go one by one', async () => {
      const { ensure, remove, contents } = await aBench();
      const texts = Array.from({ length: 120 }, (_, n) => `text ${n}`);
      await ensure(...texts.map(txt));
      await remove(txt('text 117'));
      expect([...contents()].sort()).toEqual(texts.filter((text) => text !== 'text 117').sort());
    }, 30_000);

    test('removing takes what has this content alone, and what is not there is no error', async () => {
      const { ensure, remove, contents } = await aBench();
      await ensure(a('192.0.2.1'), { ...a('192.0.2.1'), name: `other.${name}` });
      await remove(a('192.0.2.9'));
      expect(contents()).toEqual(['192.0.2.1']);
      await remove(a('192.0.2.1'));
      await remove(a('192.0.2.1'));
      expect(contents()).toEqual([]);
      expect(contents(`other.${name}`)).toEqual(['192.0.2.1']);
    });

    test('a proxy is put in front, and taken away', async () => {
      const { ensure, at } = await aBench();
      await ensure({ ...a('192.0.2.1'), isProxied: true });
      expect(at(name)).toMatchObject([{ isProxied: true }]);
      await ensure(a('192.0.2.1'));
      expect(at(name).map(({ isProxied = false }) => isProxied)).toEqual([false]);
    });

    test('several addresses stand together, and give way together', async () => {
      const { ensureAll, contents } = await aBench();
      const [one, two, three] = [a('192.0.2.1'), a('192.0.2.2'), a('192.0.2.3')];
      await ensureAll(one, two, aaaa);
      await ensureAll(one, two, aaaa);
      expect([...contents()].sort()).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1']);
      await ensureAll(two, three);
      expect([...contents()].sort()).toEqual(['192.0.2.2', '192.0.2.3', '2001:db8::1']);
      await ensureAll({ ...aaaa, content: '2001:DB8:0::2' });
      await ensureAll(cname('edge.example.test'));
      expect(contents()).toEqual(['edge.example.test']);
    });

    test.each([
      ['an alias', cname('vendor.example.test')],
      ['an address', a('198.51.100.7')],
      ['an address of the other family', { ...aaaa, content: '2001:db8::7' }],
    ])('%s that somebody else has set keeps its name, and everything there stays as it is', async (_, other) => {
      const { ensureAll, setByHand, at } = await aBench();
      setByHand(other);
      const before = at(name);
      await expect(ensureAll(a('192.0.2.1'))).rejects.toThrow(RecordInTheWay);
      await expect(ensureAll(cname('edge.example.test'))).rejects.toThrow(RecordInTheWay);
      expect(at(name)).toEqual(before);
    });

    test('what somebody else has set as it is wanted will do, is not touched and not removed', async () => {
      const { ensureAll, setByHand, remove, at } = await aBench();
      setByHand(a('192.0.2.1'));
      setByHand({ ...aaaa, content: '2001:db8::1' });
      setByHand(txt('a text'));
      const before = at(name);
      const wanted = [
        { ...a('192.0.2.1'), isProxied: true },
        { ...aaaa, content: '2001:DB8:0::1' },
      ];
      await ensureAll(...wanted);
      await ensureAll(txt('a text'));
      for (const record of [...wanted, txt('a text')]) await remove(record);
      expect(at(name)).toEqual(before);
    });

    test('texts of somebody else stand in nobody’s way', async () => {
      const { ensureAll, setByHand, contents } = await aBench();
      setByHand(txt('a text'));
      await ensureAll(a('192.0.2.1'));
      expect([...contents()].sort()).toEqual(['192.0.2.1', 'a text']);
    });

    test('it knows which names are in its zone', async () => {
      const { dns } = await aBench();
      const covered = async (of: string) => dns.covers(of, deadlineIn(20_000));
      for (const inside of [name, 'example.test', '_acme-challenge.apps.example.test']) {
        expect(await covered(inside)).toBe(true);
      }
      for (const outside of ['another.test', 'anexample.test', 'test']) expect(await covered(outside)).toBe(false);
      await expect(dns.covers(name, AbortSignal.abort())).rejects.toThrow();
    });

    test('what was aborted changes nothing', async () => {
      const { dns, contents } = await aBench();
      await expect(dns.ensure([a('192.0.2.1')], AbortSignal.abort())).rejects.toThrow();
      expect(contents()).toEqual([]);
    });
  });
}

async function each(records: readonly DnsRecord[], work: (record: DnsRecord) => Promise<void>): Promise<void> {
  for (const record of records) await work(record);
}
