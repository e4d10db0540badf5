/** The life of a worker: it ends after so many more calls to what is outside of it, as a process that is killed. */
export type Life = {
  readonly isOver: boolean;
  /** How often it has asked for anything. */
  readonly calls: number;
  /** Counts one call; rejects from then on when that was one too many. */
  step(): void;
  endAfter(calls: number): void;
};

export function newLife(onEnd: () => void): Life {
  let left = Infinity;
  const life = {
    isOver: false,
    calls: 0,
    step: () => {
      life.calls += 1;
      if (!life.isOver && life.calls > left) {
        life.isOver = true;
        onEnd();
      }
    },
    endAfter: (calls: number) => {
      left = life.calls + calls;
    },
  };
  return life;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

/** The same object, of which every method counts as a call and none does anything once the life is over. */
export function mortal<T extends object>(object: T, life: Life, depth = 1): T {
  return new Proxy(object, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value === 'function') return callable(target, value as (...args: unknown[]) => unknown, life, name);
      return depth > 0 && typeof value === 'object' && value !== null ? mortal(value, life, depth - 1) : value;
    },
  });
}

function callable(target: object, method: (...args: unknown[]) => unknown, life: Life, name: string | symbol) {
  return (...args: unknown[]) => {
    life.step();
    if (life.isOver) return killed();
    const [work, ...rest] = args;
    if (name !== '$transaction' || typeof work !== 'function') return method.apply(target, args);
    const inside = (tx: object) => (work as (tx: object) => unknown)(mortal(tx, life));
    return method.apply(target, [inside, ...rest]);
  };
}

/** Nobody may be there any more to hear of it. */
function killed(): Promise<never> {
  const rejected = Promise.reject(new Killed('The worker was killed.'));
  rejected.catch(() => undefined);
  return rejected;
}
