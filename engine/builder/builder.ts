import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import type { ProjectSettings } from '@apployd/core/settings';
import type { SourceTree } from '../source/source.js';

/** Turns a source tree into an image that its runtime can start. */
export interface Builder {
  /**
   * Builds, with output line by line to the log. The signal ends the build and everything it started within 2 s.
   * Rejects with a DeploymentFailure of stage BUILD (NO_BUILD_PLAN, BUILD_ERROR, OUT_OF_MEMORY, IMAGE_PULL,
   * BUILD_SECRETS_UNSUPPORTED) when the customer can mend it. Building the same deployment again gives its image again.
   */
  build(request: BuildRequest, log: LogWriter, signal: AbortSignal): Promise<Image>;
  /** Whether the image can still be started. */
  has(imageId: string): Promise<boolean>;
  /** Every image of ours that is there, half-built ones too: what cleanup compares with the rows. */
  list(): Promise<readonly ListedImage[]>;
  /** Removes the image; removing what is gone is not an error. */
  remove(imageId: string): Promise<void>;
  /**
   * Removes all that builds of a deployment left: its image, and the processes, containers and folders of a build whose
   * engine was ended midway. Nothing there is not an error. Not while such a build runs.
   */
  discard(deploymentId: string): Promise<void>;
  /**
   * Removes what builds that came to nothing keep so that the next one is quicker, once that is older than `keepMs`.
   * What a release needs stays.
   */
  forgetSteps(keepMs: number): Promise<void>;
}

export type ListedImage = { readonly id: string; readonly deploymentId: string; readonly createdAt: Date };

export type BuildRequest = {
  readonly deploymentId: string;
  readonly projectId: string;
  readonly organizationId: string;
  readonly tree: SourceTree;
  readonly settings: ProjectSettings;
  /** Variables that are no secrets; a Dockerfile sees those that it declares with ARG. */
  readonly buildVariables: Readonly<Record<string, string>>;
};

export type Image = {
  /** Image digest, or the runtime's own name for it. */
  readonly id: string;
  readonly sizeBytes: number;
  /** How the app is started, where the image does not say it itself. */
  readonly command: readonly string[] | null;
};
