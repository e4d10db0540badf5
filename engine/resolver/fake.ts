import type { Resolver } from './resolver.js';

/** A DNS in memory. */
export type FakeResolver = Resolver & {
  /** What a name says from now on. */
  set(name: string, records: { readonly txt?: readonly string[]; readonly addresses?: readonly string[] }): void;
  /** From now on nobody answers for it. */
  silence(name: string): void;
};

export function fakeResolver(): FakeResolver {
  const names = new Map<string, { readonly txt: readonly string[]; readonly addresses: readonly string[] } | null>();
  const look = (name: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    const found = names.get(name);
    if (found === null) throw new Error(`queryTxt ESERVFAIL ${name}`);
    return found;
  };
  return {
    set: (name, { txt, addresses }) => {
      const former = names.get(name);
      names.set(name, { txt: txt ?? former?.txt ?? [], addresses: addresses ?? former?.addresses ?? [] });
    },
    silence: (name) => void names.set(name, null),
    txt: async (name, signal) => look(name, signal)?.txt ?? [],
    addresses: async (name, signal) => look(name, signal)?.addresses ?? [],
  };
}
