export type Port80Question = {
  /** Where is asked: an address, so that nothing is looked up once more. */
  readonly address: string;
  /** For whom is asked. */
  readonly hostname: string;
  readonly path: string;
};

export type Port80Answer = {
  readonly status: number;
  /** No more than its first kilobyte. */
  readonly body: string;
};

/** Asks over plain HTTP, as a certificate authority does. */
export interface Port80 {
  /** Follows no redirect. Rejects, with the system's `code` where there is one, where nobody answers, or with the signal's reason. */
  ask(question: Port80Question, signal: AbortSignal): Promise<Port80Answer>;
}
