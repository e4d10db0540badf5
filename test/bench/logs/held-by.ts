import { readFile } from 'node:fs/promises';

const everyMs = 250;

/** Watches how much more memory a process holds than at first, in MiB, until it is asked for the most. */
export function heldBy(pid: number): { readonly most: () => Promise<number> } {
  let most = 0;
  const first = residentMiB(pid);
  const look = async () => {
    most = Math.max(most, (await residentMiB(pid)) - (await first));
  };
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  return {
    most: async () => {
      clearInterval(timer);
      await look();
      return most;
    },
  };
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) / 1024;
}
