import type { DockerFirewall } from './docker-firewall.js';

/** Rules that somebody flushed meanwhile are back after so long, also for what runs already. */
const renewEveryMs = 30_000;

/**
 * The same rules, put up again from time to time until the signal fires. To do so takes half a dozen programs: once they stand,
 * who builds or starts something does not wait for them any more.
 */
export function keptFirewall(firewall: DockerFirewall, signal: AbortSignal, everyMs = renewEveryMs): DockerFirewall {
  let stand = false;
  let asked: Promise<boolean> | null = null;
  const renew = () => {
    asked ??= firewall
      .ensure()
      .then((doStand) => (stand = doStand))
      .finally(() => (asked = null));
    return asked;
  };
  const timer = setInterval(() => void renew(), everyMs);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return { ensure: async () => stand || renew() };
}
