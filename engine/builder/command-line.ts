/**
 * What runs a line of a customer's: the shell of their own container, or of their own group of processes. It is handed over
 * as one argument, so that no other shell reads it.
 */
export function shellCommand(line: string): readonly string[] {
  return ['sh', '-c', line];
}

/** What starts an app by a line of its settings. */
export function startArguments(line: string): readonly string[] {
  return plainNode(line) ?? shellCommand(line);
}

/** The arguments of a plain `node file`, which needs no shell around it; null for every other line. */
export function plainNode(line: string): readonly string[] | null {
  return /^node( [\w@%+=:,./-]+)+$/.test(line.trim()) ? line.trim().split(' ') : null;
}
