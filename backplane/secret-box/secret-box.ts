/** Seals secrets at rest. The context (such as the row's id) is bound in: a sealed value moved elsewhere does not open. */
export interface SecretBox {
  seal(plaintext: string, context: string): Uint8Array<ArrayBuffer>;
  /** Throws when the value was changed, moved, or sealed with a key that is not known any more. */
  open(sealed: Uint8Array, context: string): string;
}
