/**
 * Ends a process at once, or sends it another signal; a negative number is a process group. What is gone is no error, nor
 * is what belongs to somebody else by now: whether it has ended is for the caller to look at.
 */
export function endProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!harmless.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const harmless = ['ESRCH', 'EPERM'];
