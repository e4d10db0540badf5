/** Narrows to tokens that open anything: neither revoked nor over. */
export function live() {
  return { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] };
}
