import type { Dns, DnsRecord } from './dns.js';
import { isReplacedBy } from './replaced-by.js';

/** A provider in memory. It takes records of any name, and says that it has these zones. */
export type FakeDns = Dns & {
  /** What a name has. */
  at(name: string): readonly DnsRecord[];
};

export function fakeDns(zones: readonly string[] = ['example.test']): FakeDns {
  const records = new Set<DnsRecord>();
  const isSame = (one: DnsRecord, other: DnsRecord) =>
    one.type === other.type && one.name === other.name && one.content === other.content;
  return {
    covers: async (name, signal) => {
      signal.throwIfAborted();
      return zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
    },
    ensure: async (record, signal) => {
      signal.throwIfAborted();
      for (const one of records) {
        const isInTheWay = one.name === record.name && isReplacedBy(one.type, record.type);
        if (isSame(one, record) || isInTheWay) records.delete(one);
      }
      records.add(record);
    },
    remove: async (record, signal) => {
      signal.throwIfAborted();
      for (const one of records) if (isSame(one, record)) records.delete(one);
    },
    at: (name) => [...records].filter((record) => record.name === name),
  };
}
