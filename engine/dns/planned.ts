import { plainAddress } from '@apployd/core/plain-address';
import { RecordInTheWay, type DnsRecord } from './dns.js';

/** A record that a name has, in the words of whichever provider. */
export type There = {
  readonly type: string;
  readonly content: string;
  /** It was set here, by its mark. */
  readonly isOurs: boolean;
};

export type Plan<T extends There> = {
  /** What is there as it is wanted. */
  readonly kept: readonly { readonly one: T; readonly record: DnsRecord }[];
  /** What becomes another record of its type. */
  readonly changed: readonly { readonly one: T; readonly record: DnsRecord }[];
  readonly dropped: readonly T[];
  readonly created: readonly DnsRecord[];
};

/** What is to be done so that a name has these records. Throws what keeps it from having them. */
export function planned<T extends There>(records: readonly DnsRecord[], there: readonly T[]): Plan<T> {
  refuseOthers(records, there);
  const kept = records.flatMap((record) => {
    const one = there.find((each) => isSame(each, record));
    return one ? [{ one, record }] : [];
  });
  const spare = there.filter(
    (one) =>
      one.isOurs && !kept.some((each) => each.one === one) && records.some((record) => isReplacedBy(one, record)),
  );
  const changed: { one: T; record: DnsRecord }[] = [];
  const created: DnsRecord[] = [];
  for (const record of records.filter((wanted) => !kept.some((each) => each.record === wanted))) {
    const index = spare.findIndex(({ type }) => type === record.type);
    const [one] = index < 0 ? [] : spare.splice(index, 1);
    if (one) changed.push({ one, record });
    else created.push(record);
  }
  return { kept, changed, dropped: spare, created };
}

/** Texts keep out of the way of everybody. Whoever set anything else at a name decides where it leads. */
function refuseOthers(records: readonly DnsRecord[], there: readonly There[]): void {
  const [wanted] = records.filter(({ type }) => type !== 'TXT');
  if (!wanted) return;
  const other = there.find(
    (one) => !one.isOurs && one.type !== 'TXT' && !records.some((record) => isSame(one, record)),
  );
  if (other) throw new RecordInTheWay(wanted.name, other.type);
}

export const isSame = (one: There, { type, content }: DnsRecord): boolean =>
  one.type === type && contentOf(one) === contentOf({ type, content });

const contentOf = ({ type, content }: Omit<There, 'isOurs'>) => (type === 'AAAA' ? plainAddress(content) : content);

/** Of which types a name has no other records once it has one of this type: a CNAME stands alone, TXT records stand beside others. */
const replaced: Readonly<Record<DnsRecord['type'], readonly string[]>> = {
  A: ['A', 'CNAME'],
  AAAA: ['AAAA', 'CNAME'],
  CNAME: ['CNAME', 'A', 'AAAA'],
  TXT: [],
};

const isReplacedBy = ({ type }: There, by: DnsRecord): boolean => replaced[by.type].includes(type);
