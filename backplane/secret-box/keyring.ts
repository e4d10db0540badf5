import type { Transaction } from '@apployd/prisma/create-db';
import type { SecretBox } from './secret-box.js';

/** Seals and opens what organizations entrust to the platform, each with keys of its own. */
export interface Keyring {
  /** Opens what was sealed for the organization, by any of its keys. Calls that come together look them up once. */
  open(organizationId: string, sealed: Uint8Array, context: string): Promise<string>;
  /**
   * What seals with the organization's newest key as the transaction sees it, and makes its first one. Lock the row
   * whose secrets you write before you ask: then a rotation, which locks it too, either finds them or came before.
   */
  boxIn(tx: Transaction, organizationId: string): Promise<SecretBox>;
}
