import type { EdgeSettings } from './edge-settings.js';

/** So many requests in `windowMs` are answered, of one address and of all; of one address so many may be open. */
export type Limits = { readonly perAddress: number; readonly open: number; readonly perEnvironment: number };

export const windowMs = 10_000;

const unlimited = Number.MAX_SAFE_INTEGER;

/** Each far above what a person at a browser needs; `ATTACK` is what is left of that. */
export const limitsByTier = {
  USUAL: { perAddress: 2_000, open: 500, perEnvironment: unlimited },
  STRICT: { perAddress: 300, open: 60, perEnvironment: 20_000 },
  ATTACK: { perAddress: 60, open: 12, perEnvironment: 5_000 },
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
