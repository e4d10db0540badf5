import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Costs nothing while nobody is inside. Before Node 24, one that was entered once has a hook called with every promise of the
 * process from then on: requests that have nothing to do with it would take a tenth more.
 */
export class QuietStorage<T> extends AsyncLocalStorage<T> {
  #inside = 0;

  override run<R, Args extends unknown[]>(store: T, work: (...args: Args) => R, ...args: Args): R {
    this.#inside += 1;
    let result: R | undefined;
    try {
      return (result = super.run(store, work, ...args));
    } finally {
      if (result instanceof Promise) result.then(this.#leave, this.#leave);
      else this.#leave();
    }
  }

  readonly #leave = () => {
    this.#inside -= 1;
    if (this.#inside === 0) this.disable();
  };
}

type Shared = { readonly version: string; readonly epoch: number; readonly context: Record<string, unknown> };

/** Where better-auth looks for what it shares between its copies. */
const key = Symbol.for('better-auth:global');
const names = ['endpointContextAsyncStorage', 'requestStateAsyncStorage', 'adapterAsyncStorage'] as const;

/** Gives better-auth quiet storages, before it makes its own with its first call; once a process. */
export function quietStorages(): readonly QuietStorage<unknown>[] {
  const all = globalThis as { [key]?: Shared };
  const { context } = (all[key] ??= { version: '', epoch: 0, context: {} });
  return names.map((name) => (context[name] ??= new QuietStorage()) as QuietStorage<unknown>);
}
