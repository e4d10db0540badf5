import type { LogWriter } from '@apployd/backplane/logs/log-writer';

/** Brings a customer's source onto this machine. */
export interface Source {
  /**
   * Puts the source into the empty folder `into`. Rejects with a DeploymentFailure of stage FETCH
   * (SOURCE_UNAVAILABLE, SOURCE_REF_NOT_FOUND, SOURCE_TOO_LARGE, SOURCE_INVALID, SOURCE_TIMEOUT) when the customer can mend it.
   */
  fetch(reference: SourceReference, into: string, log: LogWriter, signal: AbortSignal): Promise<SourceTree>;
}

export type SourceReference = GitReference | ArchiveReference;

export type GitReference = {
  readonly kind: 'git';
  readonly repositoryUrl: string;
  /** Branch, tag or commit; null means the default branch. */
  readonly ref: string | null;
  /** Folder of the app inside the repository. */
  readonly rootDirectory: string | null;
};

export type ArchiveReference = {
  readonly kind: 'archive';
  /** Where the blob store keeps the tar.gz. */
  readonly blobKey: string;
  readonly rootDirectory: string | null;
};

export type SourceTree = {
  /** Absolute path of the app's folder; really below the folder that was fetched into, links resolved. */
  readonly root: string;
  /** Null for an archive. */
  readonly commit: Commit | null;
};

export type Commit = {
  /** Full, 40 hex digits. */
  readonly sha: string;
  readonly message: string;
  readonly author: string;
};
