/** Seals secrets at rest. The context (such as the row's id) is bound in: a sealed value moved elsewhere does not open. */
export interface SecretBox {
  seal(plaintext: string | Uint8Array, context: string): Uint8Array<ArrayBuffer>;
  /** Throws when the value was changed, moved, or sealed with a key that is not known any more. */
  open(sealed: Uint8Array, context: string): string;
  /** The same for what is no text. The caller wipes it. */
  openBytes(sealed: Uint8Array, context: string): Buffer;
  /** Whether the value was sealed with the key that seals today. */
  isCurrent(sealed: Uint8Array): boolean;
}
