/**
 * Images are kept as `<name>@<digest>`: builds of the same source share the digest, and the name is this release's own.
 * Docker is asked by the name; what is not of this form is taken as a name.
 */
export function imageNameOf(imageId: string): string {
  return imageId.split('@', 1)[0] ?? imageId;
}

export function imageIdOf(name: string, digest: string): string {
  return `${name}@${digest}`;
}

/** Null when the id has none. */
export function digestOf(imageId: string): string | null {
  return imageId.split('@')[1] ?? null;
}
