import type { Suite } from '../without.js';
import { ensureBaseImages } from './base-images/base-images.js';
import { canInstall, install, isDebian } from './debian.js';
import { dockerAnswers, startDockerEngine } from './docker-engine.js';
import { requirements, type Requirement } from './requirements.js';

type Say = (line: string) => void;

/** Brings and starts what the suites need and this machine lacks. `whatWeStarted` tells what has to be ended. */
export async function prepareHost(suites: readonly Suite[], say: Say): Promise<void> {
  const missing = await listWhatIsMissing(suites, say);
  if (missing.length > 0) await bring(missing, say);
  if (suites.includes('docker') || suites.includes('install')) await prepareDocker(suites, say);
}

/** Says what is there and what is not; for a run that must not change the machine. */
export async function listWhatIsMissing(suites: readonly Suite[], say: Say): Promise<readonly Requirement[]> {
  const missing: Requirement[] = [];
  for (const requirement of requirements.filter(({ suite }) => suites.includes(suite))) {
    const there = await requirement.isThere();
    say(`${there ? 'there  ' : 'missing'}  ${requirement.name} (${requirement.suite})`);
    if (!there) missing.push(requirement);
  }
  return missing;
}

async function bring(missing: readonly Requirement[], say: Say): Promise<void> {
  if (!(await canInstall())) throw new Error(await howToGet(missing));
  const packages = missing.flatMap(({ debian }) => debian);
  say(`installing ${packages.join(' ')}`);
  await install(packages);
  for (const requirement of missing)
    if (!(await requirement.isThere())) throw new Error(`${requirement.name} is still missing after its installation.`);
}

async function howToGet(missing: readonly Requirement[]): Promise<string> {
  const suites = [...new Set(missing.map(({ suite }) => suite))].join(',');
  return [
    `Missing: ${missing.map(({ name }) => name).join(', ')}. To get what is missing:`,
    ...(await commandsThatBring(missing)).map((command) => `  ${command}`),
    `or leave the suites that need it out: npm test -- --without ${suites}`,
  ].join('\n');
}

async function commandsThatBring(missing: readonly Requirement[]): Promise<readonly string[]> {
  if (process.platform === 'darwin') return missing.map(({ homebrew }) => homebrew);
  const packages = missing.flatMap(({ debian }) => debian).join(' ');
  if (await isDebian()) return [`sudo apt-get update && sudo apt-get install --no-install-recommends ${packages}`];
  return [`your distribution's packages for: ${packages}`];
}

async function prepareDocker(suites: readonly Suite[], say: Say): Promise<void> {
  if (!(await dockerAnswers())) await startEngine(say);
  await ensureBaseImages(suites, say);
}

async function startEngine(say: Say): Promise<void> {
  if (process.env.DOCKER_HOST) throw new Error(`No Docker engine answers at DOCKER_HOST=${process.env.DOCKER_HOST}.`);
  if (!(await canInstall())) throw new Error('A Docker engine is installed and does not answer: start it, as root.');
  const started = await startDockerEngine();
  say(`started  ${started.name} (pid ${started.pid})`);
}
