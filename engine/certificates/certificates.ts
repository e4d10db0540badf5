import type { CertificateFailureCode } from '@apployd/core/certificate';

/** Has certificates made by an authority. */
export interface Certificates {
  /**
   * A new certificate for the host name, or for all below one: `*.example.com`. Rejects with a `CertificateFailure` for
   * what the authority refuses. Leaves no challenge behind, however it ends.
   */
  issue(hostname: string, signal: AbortSignal): Promise<IssuedCertificate>;
}

export type IssuedCertificate = {
  /** PEM, the host name's own first. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
};

/** Proves to an authority that a host name is ours. */
export type Challenges = {
  /** From here on every edge answers so. */
  answer(challenge: HttpChallenge): Promise<void>;
  withdraw(token: string): Promise<void>;
};

export type HttpChallenge = {
  readonly hostname: string;
  readonly token: string;
  readonly keyAuthorization: string;
};

/** As which names CAA records let an authority issue; null: it does not say, or could not be asked yet. Never rejects. */
export type CaaIdentities = (signal: AbortSignal) => Promise<readonly string[] | null>;

/** Says where domains are proven by DNS. */
export type ProofPlaces = {
  /** Where the record of this domain could be set. Rejects only where the provider does not answer. */
  place(domain: string, signal: AbortSignal): Promise<ProofPlace>;
};

/** Where the record that proves a domain to an authority can be set. */
export type ProofPlace = {
  /** Its name; null: nowhere as long as the alias is missing. */
  readonly at: string | null;
  /** Where a CNAME record at the domain's own name is to lead, so that it can be set there; null: none is needed, or none helps. */
  readonly alias: string | null;
  /** Where one leads; null: there is none. */
  readonly observed: string | null;
};

/** Why there is no certificate. The message is for the operator: it may be in the words of the authority. */
export class CertificateFailure extends Error {
  readonly code: CertificateFailureCode;
  /** The authority takes nothing before. */
  readonly notBefore: Date | null;
  /** The authority had taken the order by then, and counts it. */
  readonly wasOrdered: boolean;
  constructor(
    code: CertificateFailureCode,
    message: string,
    { notBefore = null, wasOrdered = false }: { readonly notBefore?: Date | null; readonly wasOrdered?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.notBefore = notBefore;
    this.wasOrdered = wasOrdered;
  }
}
