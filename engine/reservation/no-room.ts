import { describeBytes } from '@apployd/core/resources';

/** Others have the server's reservation, and had it for as long as it may be waited for. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
  constructor(totalBytes: number, waitMs: number) {
    const since = waitMs > 0 ? ` for ${waitMs / 1_000} s` : '';
    super(
      `No memory was left for it on the server${since}: ${describeBytes(totalBytes)} are for builds and for releases that start beside their former ones, and others have them.`,
    );
  }
}
