import type { BandwidthLimit } from '@apployd/core/bandwidth';
import type { EdgeSettings } from '@apployd/core/edge-settings';
import type { LatencyCounts } from '@apployd/core/latency';
import type { Redirect } from '@apployd/core/redirect';
import type { RouteRollout } from '@apployd/core/rollout';

/** Makes the data plane send a host name's visitors to its instances. */
export interface Router {
  /** Puts these routes in force, hot: no request in flight or to come fails because of it. Resolves when they are. */
  apply(routes: readonly RouteChange[]): Promise<void>;
  /** These host names are unknown from now on. Forgetting what is unknown is not an error. */
  forget(hostnames: readonly string[]): Promise<void>;
  /**
   * Puts these certificates in service, hot: the next handshake takes them. `*.example.com` serves every name directly below
   * it that has none of its own which is still valid. Names without any are refused at the handshake.
   */
  certify(certificates: readonly Certificate[]): Promise<void>;
  /** These are in service no more. */
  decertify(hostnames: readonly string[]): Promise<void>;
  /**
   * Requests and bytes since the mark, which an earlier call has given; without one since the last call. What a call tells
   * before a mark is told by no call after it, in whichever process: who keeps both together loses nothing and counts nothing twice.
   * What another router has put into the mark stays in it, as long as it may go on there. What was told before `kept` is on
   * a disk, and no more is needed of it here; absent: what was told before `after` is.
   */
  traffic(after?: TrafficMark, kept?: TrafficMark): Promise<Traffic>;
  /**
   * What both sides of rollouts have answered since the last call. What a call has told is told by no other; an edge that dies
   * before it is written down loses it, which a comparison of the two survives.
   */
  sides(): Promise<readonly SideSample[]>;
  /** Where it serves: the port that was asked for, or the one it was given for 0. Of a socket the path, which has no port. */
  listen(): Promise<{ readonly host: string; readonly port: number; readonly tlsPort: number | null }>;
  /** Stops accepting, lets requests in flight finish up to `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Asked when somebody visits what sleeps; again every few seconds as long as anybody waits. Must not throw. */
export type AskToWake = (environmentId: string) => void;

/**
 * A host name and where its visitors go; without targets nobody is home, unless it sleeps. `*.example.com` takes every name
 * of one label more that has no route of its own.
 */
export type RouteChange = {
  readonly hostname: string;
  readonly environmentId: string;
  readonly deploymentId: string | null;
  /** `host:port` */
  readonly targets: readonly string[];
  /** Without targets: it sleeps, and visitors are held until it is awake. Absent: it does not. */
  readonly asleep?: boolean;
  /** Answered before any target is asked, the first that fits. */
  readonly redirects: readonly Redirect[];
  /** What is done for its environment besides. Absent: the usual. */
  readonly edge?: EdgeSettings;
  /** It has used its bandwidth, and is held to this. Absent: it has not. */
  readonly bandwidth?: BandwidthLimit | null;
  /** Where a share of its visitors goes instead, each of them always to the same of the two. Absent, null: all go to `targets`. */
  readonly rollout?: RouteRollout | null;
};

/** PEM, the host name's own first; what a handshake with its visitors takes. */
export type Certificate = {
  readonly hostname: string;
  readonly chain: string;
  readonly key: string;
  /** From then on nobody is sent on to it. */
  readonly notAfter: Date;
};

/** How a router serves over TLS, where it does. */
export type TlsOptions = {
  /** The port, 0 for any. */
  readonly port: number;
  /** At which visitors reach it; null where they are not sent there. */
  readonly publicPort: number | null;
  /** Below it all names are the platform's own: browsers may be told to stay with TLS. */
  readonly baseDomain: string;
  readonly challenges: ReadChallenges;
};

/** What authorities are answered at this moment, by the token that they ask with. */
export type ReadChallenges = () => Promise<ReadonlyMap<string, string>>;

export type Traffic = { readonly samples: readonly TrafficSample[]; readonly mark: TrafficMark };

/** How far traffic has been told, in the router's own figures. A router that counts in its process has none of its own. */
export type TrafficMark = Readonly<Record<string, number>>;

export type TrafficSample = {
  readonly hostname: string;
  readonly environmentId: string;
  /** The beginning of the hour that it happened in. */
  readonly hour: Date;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Requests and streams that are being answered at this moment. */
  readonly open: number;
};

/** What one of the two releases of a rollout has answered. */
export type SideSample = {
  /** Of the new release, whichever side this is. */
  readonly deploymentId: string;
  readonly isNew: boolean;
  /** Answers with a status of 500 or above, the edge's own for want of one among them. */
  readonly errors: number;
  /** All answers, by the time until they began. */
  readonly latency: LatencyCounts;
};
