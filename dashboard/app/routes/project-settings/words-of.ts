/** What new limits mean for what runs, in a sentence. */
export function wordsOf(ways: readonly string[]): string {
  if (ways.includes('REPLACE')) return 'Saved. New instances take over from those that run, without a pause.';
  if (ways.includes('LIVE_OR_REPLACE'))
    return 'Saved. What runs gets it where it is; what uses too much memory for that is replaced without a pause.';
  if (ways.includes('LIVE')) return 'Saved. What runs gets it where it is, without a restart.';
  return 'Saved. It holds from the next start on.';
}
