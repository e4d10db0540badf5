const most = 5;

/** What was run last in an organization, newest first. Kept in this browser alone. */
export function recentIn(organization: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(organization)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function remember(organization: string, id: string): void {
  const ids = [id, ...recentIn(organization).filter((other) => other !== id)].slice(0, most);
  try {
    localStorage.setItem(keyOf(organization), JSON.stringify(ids));
  } catch {
    // A browser that keeps nothing remembers nothing.
  }
}

const keyOf = (organization: string) => `recent:${organization}`;
