import type { Dns, DnsRecord } from './dns.js';
import { isSame, planned } from './planned.js';

/** A provider in memory. It takes records of any name, and says that it has these zones. */
export type FakeDns = Dns & {
  /** What a name has. */
  at(name: string): readonly DnsRecord[];
  /** Somebody else sets a record. */
  setByHand(record: DnsRecord): void;
};

type Kept = DnsRecord & { readonly isOurs: boolean };

export function fakeDns(zones: readonly string[] = ['example.test']): FakeDns {
  const records = new Set<Kept>();
  const of = (name: string) => [...records].filter((record) => record.name === name);
  return {
    covers: async (name, signal) => {
      signal.throwIfAborted();
      return zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
    },
    ensure: async (wanted, signal) => {
      signal.throwIfAborted();
      const { kept, changed, dropped, created } = planned(wanted, of(wanted[0]?.name ?? ''));
      const redone = [...changed, ...kept.filter(({ one }) => one.isOurs)];
      for (const one of [...dropped, ...redone.map((each) => each.one)]) records.delete(one);
      for (const record of [...redone.map((each) => each.record), ...created]) records.add({ ...record, isOurs: true });
    },
    remove: async (record, signal) => {
      signal.throwIfAborted();
      for (const one of of(record.name)) if (one.isOurs && isSame(one, record)) records.delete(one);
    },
    at: (name) => of(name).map(({ isOurs: _, ...record }) => record),
    setByHand: (record) => void records.add({ ...record, isOurs: false }),
  };
}
