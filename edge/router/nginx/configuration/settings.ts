/** What the configuration of Nginx depends on. Nothing of a customer's is among it: routes are data (see `lua/routes.ts`). */
export type NginxSettings = {
  readonly host: string;
  readonly port: number;
  /** Absolute; everything that Nginx reads and writes is in it. */
  readonly folder: string;
  /** Modules to load, by their full paths. */
  readonly modules: readonly string[];
  /** Whose account the workers have; null where Nginx is not started by root. */
  readonly user: string | null;
  readonly workers: number;
  readonly trustedProxies: readonly string[];
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly headerMs: number;
  readonly bodyIdleMs: number;
  readonly mostPerAddress: number;
  readonly mostPerEnvironment: number;
  /** A worker that is to end cuts off after so long who is still served, and writes down what has passed for them. */
  readonly shutdownMs: number;
  /** To which workers write what has passed. */
  readonly trafficLog: string;
  /** Null: no TLS. */
  readonly tls: {
    readonly port: number;
    /** PEM of certificate and key that Nginx wants to have and no visitor sees. */
    readonly placeholder: string;
    /** Where the edge answers authorities. */
    readonly challenges: string;
  } | null;
};
