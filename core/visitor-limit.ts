import type { EdgeSettings } from './edge-settings.js';

/** So many requests in `windowMs` are answered, of one address and of all; of one address so many may be open. */
export type Limits = { readonly perAddress: number; readonly open: number; readonly perEnvironment: number };

export const windowMs = 10_000;

/** Of one address as many connections may be open at a time, to all host names together. */
export const usualMostPerAddress = 1_000;

const unlimited = Number.MAX_SAFE_INTEGER;

/**
 * Each above what a person at a browser needs, which over HTTP/2 asks for all files of a page at once; `ATTACK` is what is
 * left of that.
 */
export const limitsByTier = {
  USUAL: { perAddress: 2_000, open: 500, perEnvironment: unlimited },
  STRICT: { perAddress: 600, open: 200, perEnvironment: 20_000 },
  ATTACK: { perAddress: 300, open: 100, perEnvironment: 5_000 },
} as const satisfies Record<string, Limits>;

export type LimitTier = keyof typeof limitsByTier;

/** Null: no limit. */
export function limitTier({
  visitorLimit,
  underAttack,
}: Pick<EdgeSettings, 'visitorLimit' | 'underAttack'>): LimitTier | null {
  if (underAttack) return 'ATTACK';
  return visitorLimit === 'NONE' ? null : visitorLimit;
}
