const mostKeys = 10_000;

/** A map that forgets what was set longest ago when there is too much. */
export function recentlySet<T>() {
  const map = new Map<string, T>();
  return {
    get: (key: string): T | undefined => map.get(key),
    forget: (key: string): void => void map.delete(key),
    set: (key: string, value: T): void => {
      // Deleting first moves the key to the end.
      map.delete(key);
      map.set(key, value);
      if (map.size <= mostKeys) return;
      const [oldest] = map.keys();
      if (oldest !== undefined) map.delete(oldest);
    },
  };
}
