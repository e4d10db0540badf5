import type { Readable } from 'node:stream';

/** Keeps large things under keys such as `uploads/…`: a-z, 0-9, `-` and `/`. */
export interface Blobs {
  /**
   * Stores the stream whole or not at all. Rejects with BlobRefused when it is longer than `maxBytes`
   * or has another SHA-256 (hex) than the one given.
   */
  put(
    key: string,
    content: Readable,
    expect: { readonly maxBytes: number; readonly sha256?: string },
  ): Promise<{ readonly sizeBytes: number; readonly sha256: string }>;
  /** Null when there is none. */
  get(key: string): Promise<Readable | null>;
  has(key: string): Promise<boolean>;
  /** Removing what is gone is not an error. */
  remove(key: string): Promise<void>;
}

export class BlobRefused extends Error {
  override readonly name = 'BlobRefused';
  readonly reason: 'TOO_LARGE' | 'DIGEST_MISMATCH';
  constructor(reason: 'TOO_LARGE' | 'DIGEST_MISMATCH', message: string) {
    super(message);
    this.reason = reason;
  }
}
