import type { InstanceLimits } from '@apployd/core/demand';
import type { NewLogLine } from '@apployd/core/log-line';
import type { Mount } from '../volume/volumes.js';

/** Where releases run. Wherever a handle is asked for, the instance's id serves as well: an undo can be noted before the start. */
export interface Runtime {
  /** `docker`, `process`: a release is started by the kind of runtime that it was built for. */
  readonly kind: string;
  /** Apps have networks of their own: each listens where its settings say, and its loopback is nobody else's. */
  readonly isolatesNetwork: boolean;
  /**
   * Starts an instance; starting what already runs (same instanceId) returns the running one, what has ended is started
   * afresh. Does not wait for health: an app that ends at once, or whose command is not there (exit code 127), is started
   * all the same, and `inspect` tells. It is not started again by itself. Rejects with a DeploymentFailure:
   * RELEASE_GONE, or START_CRASH where the release cannot even be tried, such as an image whose user does not exist.
   */
  start(request: StartRequest): Promise<StartedInstance>;
  /** Asks it to end, waits up to `graceMs`, then ends it and all it started. Stopping what is gone is not an error. */
  stop(handle: string, graceMs: number): Promise<void>;
  /**
   * Freezes a running instance: it keeps its memory, does nothing, and answers nobody although connections are accepted.
   * False where nothing runs. What sleeps already goes on sleeping; `stop` ends it as it ends others.
   */
  sleep(handle: string): Promise<boolean>;
  /** Has it go on where it was; what is awake is left alone. Where it is reached, or null where nothing is left to wake. */
  wake(handle: string): Promise<StartedInstance | null>;
  /** How it does just now. */
  inspect(handle: string): Promise<InstanceReport>;
  /** Everything of ours that this runtime keeps, running or not: what reconcile compares with the rows. */
  list(): Promise<readonly ListedInstance[]>;
  /**
   * Output lines of an instance from its start, or behind `after`, until it ends or the signal fires; each stream in its
   * own order. Where the runtime has dropped what was to come, a line of the platform says so. What is read while it is
   * stopped is read to its last line. A line of more than 16 KiB comes cut.
   */
  output(handle: string, after: OutputCursor | null, signal: AbortSignal): AsyncIterable<OutputLine>;
  /**
   * Of the lines that an instance has printed by now the last `count`, or fewer where they are long; each whole, and each
   * stream in its own order. Waits for no others. Nothing of what is gone. Rejects when the signal fires.
   */
  lastOutput(handle: string, count: number, signal: AbortSignal): Promise<readonly PrintedLine[]>;
  /** What it uses just now; null when it is gone. */
  usage(handle: string): Promise<InstanceUsage | null>;
  /**
   * Gives a running instance other limits, without a restart. `needs-restart` leaves it as it was: it uses nearly as much
   * memory as it is to get, or more, and would be killed for it; it does not run; or this runtime cannot.
   */
  resize(handle: string, limits: InstanceLimits): Promise<'applied' | 'needs-restart'>;
  /**
   * Runs a command inside a running instance, with its variables and within its limits. Never rejects for what the command
   * does: one that is not there ends with 127. Exit code null: it took longer than `withinMs`, or the signal fired, and was
   * ended as far as this runtime can; or the instance does not run.
   */
  execute(handle: string, command: readonly string[], limits: ExecuteLimits): Promise<CommandReport>;
  /**
   * Makes what instances of a project need beside themselves, such as its network, so that the first of them needs not wait
   * for it. `start` makes what is missing; `forget` takes it back.
   */
  prepare(projectId: string): Promise<void>;
  /** Removes what is kept for a project beside its instances, such as its network. Nothing there is not an error. */
  forget(projectId: string): Promise<void>;
  /** The projects for which something is kept beside instances. */
  projects(): Promise<readonly string[]>;
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
  /** Directories that outlive it, there already. */
  readonly mounts: readonly Mount[];
  /** All of the app's environment but PORT and what tells where its mounts are, which the runtime sets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where the app is told to listen. A runtime without network namespaces may choose another port. */
  readonly port: number;
  readonly limits: InstanceLimits;
};

export type StartedInstance = {
  /** The runtime's own name for it, such as a container id. */
  readonly handle: string;
  /** Where the engine and the edges reach it. Empty when it has ended by now: there is nothing to ask then, `inspect` tells how. */
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
      /** Ports it listens on, on whatever address; null where that cannot be told. */
      readonly listening: readonly number[] | null;
    }
  | { readonly state: 'asleep' }
  | { readonly state: 'ended'; readonly exitCode: number | null; readonly outOfMemory: boolean }
  | { readonly state: 'gone' };

export type ExecuteLimits = { readonly withinMs: number; readonly signal: AbortSignal };

export type CommandReport = {
  readonly exitCode: number | null;
  /** The end of what it printed, on both streams. */
  readonly output: string;
};

/** How much of its output a command's report holds. */
export const reportedOutputBytes = 2_048;

export type PrintedLine = Pick<NewLogLine, 'source' | 'message'>;
export type OutputLine = PrintedLine & Pick<NewLogLine, 'at'> & { readonly cursor: OutputCursor };
/** Where to go on reading: opaque. */
export type OutputCursor = string;

export type InstanceUsage = { readonly memoryBytes: number; readonly cpuMs: number; readonly at: Date };
