/** Which volume of ours it is. */
export const volumeLabel = 'apployd.volume';

/** What Docker calls it. */
export function dockerVolumeName(id: string): string {
  return `apployd-volume-${id}`;
}
