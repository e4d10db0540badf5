import type { Tally } from '@apployd/backplane/metrics/tally';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { CaaIdentities, Certificates, ProofPlaces } from '../certificates/certificates.js';

/** What an engine needs to keep certificates; it has none where no authority is configured. */
export type CertificateWork = {
  readonly authority: Certificates;
  /** Of the authority. */
  readonly directory: string;
  readonly identities: CaaIdentities;
  /** Seals private keys. The edges have the same, and of the engine's secrets nothing else. */
  readonly box: SecretBox;
  /** Where people and programs reach the platform. */
  readonly platformHostname: string;
  readonly baseDomain: string;
  /** Where domains are proven by DNS; null: none is, and no wildcard gets a certificate. */
  readonly places: ProofPlaces | null;
  /** One certificate, proven by DNS, serves all names directly below the base domain. */
  readonly hasWildcard: boolean;
  /** How many host names below the base domain may get their first certificate within a week. */
  readonly namesAWeek: number;
  readonly outcomes: Pick<Tally, 'add'>;
};
