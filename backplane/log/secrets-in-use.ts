import { maskedText } from '../logs/mask-text.js';
import { secretIndex, type SecretIndex } from '../logs/secret-index.js';

/** Secret values that a process holds at the moment, and keeps out of what it says about itself. */
export interface SecretsInUse {
  /** The process's own, from its configuration. */
  readonly own: readonly string[];
  /** Masks these as well, until what is returned is called. */
  hold(values: readonly string[]): () => void;
  /** The text without any of them. */
  mask(text: string): string;
}

export function secretsInUse(own: readonly string[] = []): SecretsInUse {
  const held = new Set<readonly string[]>([own]);
  let index: SecretIndex | null = null;
  return {
    own,
    hold(values) {
      const mine = [...values]; // an entry of its own, also when somebody else holds the same array
      held.add(mine);
      index = null;
      return () => {
        if (held.delete(mine)) index = null;
      };
    },
    mask: (text) => maskedText((index ??= secretIndex([...held].flat())), text),
  };
}
