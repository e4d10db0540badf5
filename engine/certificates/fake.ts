import type { Certificates, IssuedCertificate } from './certificates.js';

/** An authority without a network: says what the test has it say. */
export type FakeCertificates = Certificates & {
  /** Host names that were asked for, in order. */
  readonly asked: readonly string[];
  /** What it does from now on; by default it issues. */
  answer: (hostname: string, signal: AbortSignal) => Promise<IssuedCertificate>;
};

export function fakeCertificates(issue: (hostname: string) => Promise<IssuedCertificate>): FakeCertificates {
  const asked: string[] = [];
  const fake: FakeCertificates = {
    asked,
    answer: issue,
    issue: async (hostname, signal) => {
      asked.push(hostname);
      return fake.answer(hostname, signal);
    },
  };
  return fake;
}
