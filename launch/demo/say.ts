import type { Deployment, LogLine } from '@apployd/sdk/node';

/** One line of the demo's own voice. */
export function say(sentence: string): void {
  console.log(`\n› ${sentence}`);
}

/** Prints each status and each stage once, as they come. */
export function statusPrinter(): (deployment: Deployment) => void {
  const told = new Set<string>();
  return ({ status, stages }) => {
    const now = stages.findLast(({ startedAt, finishedAt }) => startedAt && !finishedAt)?.name;
    const line = now && now !== 'QUEUE' ? `${status} · ${now.toLowerCase().replace('_', ' ')}` : status;
    const betweenStages = line === 'BUILDING' || line === 'DEPLOYING';
    if (betweenStages || told.has(line)) return;
    told.add(line);
    console.log(`  ${line}`);
  };
}

/** Prints lines of the build log, set off from what the demo says. */
export function logPrinter(): (line: LogLine) => void {
  return ({ message }) => console.log(`    │ ${message}`);
}
