const deadlineMs = 10_000;

/** What one of our own paths answers; null where it cannot be had: the network is lost, or the session has ended. */
export async function fetchJson<Answer>(path: string): Promise<Answer | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadlineMs);
  try {
    const response = await fetch(path, { headers: { accept: 'application/json' }, signal: late.signal });
    return response.ok ? ((await response.json()) as Answer) : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
