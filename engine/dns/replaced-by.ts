import type { DnsRecord } from './dns.js';

type Type = DnsRecord['type'];

/** Of which types a name has no other records once it has one of this type: a CNAME stands alone, TXT records stand beside others. */
const replaced: Readonly<Record<Type, readonly string[]>> = {
  A: ['A', 'CNAME'],
  AAAA: ['AAAA', 'CNAME'],
  CNAME: ['CNAME', 'A', 'AAAA'],
  TXT: [],
};

export const isReplacedBy = (type: string, by: Type): boolean => replaced[by].includes(type);
