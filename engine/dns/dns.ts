/** Makes names of a zone lead where they are to lead. What it sets is marked there: other records are somebody else's, and stay. */
export interface Dns {
  /** Whether records of this name can be set: it is in a zone that is there, and may be changed. */
  covers(name: string, signal: AbortSignal): Promise<boolean>;
  /**
   * These records, all of one name, are there once. Asking again changes nothing. Throws `RecordInTheWay`, and changes nothing,
   * where the name has records of somebody else beside which these cannot stand.
   */
  ensure(records: readonly DnsRecord[], signal: AbortSignal): Promise<void>;
  /** The record with this content is gone, if it was set here. Removing what is not there is not an error. */
  remove(record: DnsRecord, signal: AbortSignal): Promise<void>;
}

/** Texts and addresses stand beside others of their type at a name, an alias stands alone. */
export type DnsRecord = {
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT';
  /** Whole, in ASCII, without a trailing dot: `app.example.com`. */
  readonly name: string;
  readonly content: string;
  /** The provider's proxy stands in front, where it has one. */
  readonly isProxied?: boolean;
};

/** A name has a record that was not set here, and leads where whoever set it wants it to. */
export class RecordInTheWay extends Error {
  override readonly name = 'RecordInTheWay';
  constructor(hostname: string, type: string) {
    super(
      `${hostname} has a record of the type ${type} that was not set by this platform: remove it there if it is not needed.`,
    );
  }
}
