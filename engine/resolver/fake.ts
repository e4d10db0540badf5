import type { Resolver } from './resolver.js';

export type FakeRecords = {
  readonly txt?: readonly string[];
  readonly addresses?: readonly string[];
  readonly caa?: readonly string[];
  readonly cname?: string;
};

/** A DNS in memory. */
export type FakeResolver = Resolver & {
  /** What a name says from now on. */
  set(name: string, records: FakeRecords): void;
  /** From now on nobody answers for it. */
  silence(name: string): void;
};

export function fakeResolver(): FakeResolver {
  const names = new Map<string, FakeRecords | null>();
  const look = (name: string, signal: AbortSignal): FakeRecords => {
    signal.throwIfAborted();
    const found = names.get(name);
    if (found === null) throw new Error(`queryTxt ESERVFAIL ${name}`);
    return found ?? {};
  };
  return {
    set: (name, records) => void names.set(name, { ...names.get(name), ...records }),
    silence: (name) => void names.set(name, null),
    txt: async (name, signal) => look(name, signal).txt ?? [],
    addresses: async (name, signal) => look(name, signal).addresses ?? [],
    cname: async (name, signal) => look(name, signal).cname?.toLowerCase() ?? null,
    caa: async (name, signal) => look(name, signal).caa ?? [],
  };
}
