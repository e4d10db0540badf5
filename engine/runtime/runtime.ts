import type { NewLogLine } from '@apployd/core/log-line';

/** Where releases run. */
export interface Runtime {
  /** `docker`, `process`: a release is started by the kind of runtime that it was built for. */
  readonly kind: string;
  /** Starts an instance; starting what already runs (same instanceId) returns the running one. Does not wait for health. */
  start(request: StartRequest): Promise<StartedInstance>;
  /** Asks it to end, waits up to `graceMs`, then ends it and all it started. Stopping what is gone is not an error. */
  stop(handle: string, graceMs: number): Promise<void>;
  /** How it does just now. */
  inspect(handle: string): Promise<InstanceReport>;
  /** Everything of ours that this runtime keeps, running or not: what reconcile compares with the rows. */
  list(): Promise<readonly ListedInstance[]>;
  /** Output lines of an instance from its start, or behind `after`, until it ends or the signal fires. */
  output(handle: string, after: OutputCursor | null, signal: AbortSignal): AsyncIterable<OutputLine>;
  /** What it uses just now; null when it is gone. */
  usage(handle: string): Promise<InstanceUsage | null>;
}

export type StartRequest = {
  readonly instanceId: string;
  readonly deploymentId: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly environmentId: string;
  /** `web` */
  readonly process: string;
  readonly imageId: string;
  readonly command: readonly string[] | null;
  /** All of the app's environment but PORT, which the runtime sets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where the app is told to listen. A runtime without network namespaces may choose another port. */
  readonly port: number;
  readonly limits: InstanceLimits;
};

export type InstanceLimits = { readonly memoryBytes: number; readonly cpuMillicores: number };

export type StartedInstance = {
  /** The runtime's own name: a container id, or a pid with its start time. */
  readonly handle: string;
  /** Where the engine and the edges reach it. */
  readonly host: string;
  readonly port: number;
};

export type ListedInstance = StartedInstance & {
  readonly instanceId: string;
  readonly deploymentId: string;
  readonly running: boolean;
};

export type InstanceReport =
  | {
      readonly state: 'running';
      /** Ports it listens on, where that can be told. */ readonly listening: readonly number[] | null;
    }
  | { readonly state: 'ended'; readonly exitCode: number | null; readonly outOfMemory: boolean }
  | { readonly state: 'gone' };

export type OutputLine = Pick<NewLogLine, 'at' | 'source' | 'message'> & { readonly cursor: OutputCursor };
/** Where to go on reading: opaque. */
export type OutputCursor = string;

export type InstanceUsage = { readonly memoryBytes: number; readonly cpuMs: number; readonly at: Date };
