/** Writes to the address without going there: nothing is loaded again, and whoever is sent it sees the same. */
export function keepInAddress(name: string, value: string | null): void {
  const url = new URL(location.href);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  history.replaceState(history.state, '', url);
}
