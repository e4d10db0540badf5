/** Finds those of these keys that there are. */
type FindMany<Value> = (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

type Asked<Value> = {
  readonly key: string;
  readonly answer: Promise<Value | null>;
  readonly resolve: (value: Value | null) => void;
  readonly reject: (error: unknown) => void;
};

const usual = {
  /** Keys of one look. */
  most: 1_000,
  /** Whoever waits behind a look that takes longer than this is looked up beside it. */
  patienceMs: 1_000,
};

/**
 * Looks keys up together: while one look is on its way, those who come wait, and go with the next. Whoever comes alone
 * waits for nobody; and each look begins after it was asked for, so that nobody is told what was true before. Null for a
 * key that there is not. When a look fails, all fail that it was for.
 */
export function gathered<Value>(find: FindMany<Value>, options: Partial<typeof usual> = {}) {
  const { most, patienceMs } = { ...usual, ...options };
  const waiting = new Map<string, Asked<Value>>();
  let onTheWay: object | null = null;

  function goNext(): void {
    const going = [...waiting.values()].slice(0, most);
    for (const { key } of going) waiting.delete(key);
    const look = {};
    onTheWay = look;
    const late = setTimeout(() => goOnAfter(look), patienceMs).unref();
    void lookUp(find, going).then(() => {
      clearTimeout(late);
      goOnAfter(look);
    });
  }

  /** Unless a later look is on its way by now: then it is that one's to go on. */
  function goOnAfter(look: object): void {
    if (onTheWay !== look) return;
    onTheWay = null;
    if (waiting.size > 0) goNext();
  }

  return (key: string): Promise<Value | null> => {
    const asked = waiting.get(key) ?? ask<Value>(key);
    waiting.set(key, asked);
    if (onTheWay === null) goNext();
    return asked.answer;
  };
}

function ask<Value>(key: string): Asked<Value> {
  let settle: Pick<Asked<Value>, 'resolve' | 'reject'> | undefined;
  const answer = new Promise<Value | null>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { key, answer, ...(settle as Pick<Asked<Value>, 'resolve' | 'reject'>) };
}

/** Settles all of them; never rejects. */
async function lookUp<Value>(find: FindMany<Value>, asked: readonly Asked<Value>[]): Promise<void> {
  try {
    const found = await find(asked.map(({ key }) => key));
    for (const { key, resolve } of asked) resolve(found.get(key) ?? null);
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}
