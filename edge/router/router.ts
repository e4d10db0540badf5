import type { Redirect } from '@apployd/core/redirect';

/** Makes the data plane send a host name's visitors to its instances. */
export interface Router {
  /** Puts these routes in force, hot: no request in flight or to come fails because of it. Resolves when they are. */
  apply(routes: readonly RouteChange[]): Promise<void>;
  /** These host names are unknown from now on. Forgetting what is unknown is not an error. */
  forget(hostnames: readonly string[]): Promise<void>;
  /** Requests and bytes since the last call, by host name. */
  traffic(): Promise<readonly TrafficSample[]>;
  /** Where it serves: the port that was asked for, or the one it was given for 0. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  /** Stops accepting, lets requests in flight finish up to `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/**
 * A host name and where its visitors go; without targets nobody is home. `*.example.com` takes every name of one label
 * more that has no route of its own.
 */
export type RouteChange = {
  readonly hostname: string;
  readonly environmentId: string;
  readonly deploymentId: string | null;
  /** `host:port` */
  readonly targets: readonly string[];
  /** Answered before any target is asked, the first that fits. */
  readonly redirects: readonly Redirect[];
};

export type TrafficSample = {
  readonly hostname: string;
  readonly environmentId: string;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
};
