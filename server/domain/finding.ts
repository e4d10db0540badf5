import type { DnsRecord } from './records.js';

export const checkResults = ['PASS', 'WARN', 'FAIL', 'UNKNOWN'] as const;

/** How one thing is that a domain needs. */
export type Finding = {
  readonly result: (typeof checkResults)[number];
  /** A sentence with what was found. */
  readonly finding: string;
  /** What to set, where a record mends it. */
  readonly record: DnsRecord | null;
  /** What to remove, where records are in the way. */
  readonly removals: readonly DnsRecord[];
};

export const found = (result: Finding['result'], finding: string, record: DnsRecord | null = null): Finding => ({
  ...{ result, finding, record },
  removals: [],
});

/** A time as a sentence has it, to the minute. */
export const utc = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
