import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './command.js';

/** Whether packages can be installed here: Debian or a child of it, as root. */
export async function canInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await isDebian());
}

export async function isDebian(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*debian/m.test(release);
}

const attempts = 3;

/** Installs packages; the lists are only fetched when they are absent or did not do. */
export async function install(packages: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt > 1 || !(await hasPackageLists())) await aptGet(['update'], 180_000);
      await aptGet(['install', '-y', '--no-install-recommends', ...packages], 600_000);
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await sleep(attempt * 3000);
    }
  }
}

const aptOptions = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=30'];

const aptGet = (args: readonly string[], timeoutMs: number) =>
  run('apt-get', ['-q', ...aptOptions, ...args], {
    timeoutMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });

async function hasPackageLists(): Promise<boolean> {
  const files = await readdir('/var/lib/apt/lists').catch(() => []);
  return files.some((file) => file.includes('_Packages'));
}
