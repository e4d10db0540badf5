/** Makes names of a zone lead where they are to lead. */
export interface Dns {
  /** Whether records of this name can be set: it is in a zone that is there, and may be changed. */
  covers(name: string, signal: AbortSignal): Promise<boolean>;
  /** The record is there once, with this content. Asking again changes nothing. */
  ensure(record: DnsRecord, signal: AbortSignal): Promise<void>;
  /** The record with this content is gone. Removing what is not there is not an error. */
  remove(record: DnsRecord, signal: AbortSignal): Promise<void>;
}

/** A TXT record stands beside others of its name; every other type replaces them. */
export type DnsRecord = {
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT';
  /** Whole, in ASCII, without a trailing dot: `app.example.com`. */
  readonly name: string;
  readonly content: string;
  /** The provider's proxy stands in front, where it has one. */
  readonly isProxied?: boolean;
};
