/** Counts of one thing, by the value of one label: plain numbers, until somebody asks for the page. */
export type Tally = {
  /** As Prometheus has it: `apployd_…_total`. */
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly counts: ReadonlyMap<string, number>;
  add(value: string): void;
};

export function tallyOf(name: string, help: string, label: string): Tally {
  const counts = new Map<string, number>();
  return { name, help, label, counts, add: (value) => void counts.set(value, (counts.get(value) ?? 0) + 1) };
}
