/** Directories that outlive the instances that write into them. The runtime of the same kind mounts them. */
export interface Volumes {
  /** Makes what is not there yet; what is there keeps its content. Rejects where something of others has its name. */
  ensure(volume: VolumeOwner): Promise<void>;
  /**
   * Removes it with its content. Removing what is gone is no error, and what is another's stays, however much it looks
   * like ours. Rejects while an instance uses it.
   */
  remove(id: string): Promise<void>;
}

export type VolumeOwner = {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly environmentId: string;
};

/** A volume as an instance gets it. */
export type Mount = { readonly volumeId: string; readonly name: string; readonly path: string };
