import { builder } from '../builder.js';

/** Selects what an invitation's state is told from. */
export const stateSelection = { acceptedAt: true, revokedAt: true, expiresAt: true } as const;

type Times = { readonly acceptedAt: Date | null; readonly revokedAt: Date | null; readonly expiresAt: Date };

export function stateOf({ acceptedAt, revokedAt, expiresAt }: Times): 'PENDING' | 'ACCEPTED' | 'REVOKED' | 'EXPIRED' {
  if (acceptedAt) return 'ACCEPTED';
  if (revokedAt) return 'REVOKED';
  return expiresAt <= new Date() ? 'EXPIRED' : 'PENDING';
}

/** Narrows to those that can be accepted now. */
export const pending = () => ({ acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } });

export const InvitationState = builder.enumType('InvitationState', {
  description: 'Whether an invitation can be accepted.',
  values: {
    PENDING: { description: 'It can.' },
    ACCEPTED: {},
    REVOKED: { description: 'Taken back, or replaced by a later one to the same address.' },
    EXPIRED: {},
  } as const,
});
