/** How much may be had at once, and how fast it comes back. */
export type Bucket = { readonly capacity: number; readonly perSecond: number };

export type Taken = {
  /** False: there were too few, and none was taken. */
  readonly granted: boolean;
  /** Whole points that are left. */
  readonly remaining: number;
  /** How long until as many points are there; 0 when they were. */
  readonly retryAfterMs: number;
};

/** Buckets of points that fill up steadily, one for each key, over all processes. */
export interface Limits {
  /** Takes points, all or none; 0 only looks. More than the bucket holds are never granted. */
  take(key: string, points: number, bucket: Bucket): Promise<Taken>;
  /** Gives back what was taken and not used. The bucket never holds more than its capacity. */
  refund(key: string, points: number, bucket: Bucket): Promise<void>;
  close(): Promise<void>;
}
