import { setTimeout as sleep } from 'node:timers/promises';
import { idOf } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { openEvents } from '@apployd/backplane/events/open-events';
import { createLogger } from '@apployd/backplane/log/logger';
import { postgresLogs } from '@apployd/backplane/logs/postgres';
import { logWriter } from '@apployd/backplane/logs/write-log';
import { createDb } from '@apployd/prisma/create-db';

type Loud = {
  readonly deploymentId: string;
  readonly organizationId: string;
  readonly linesPerSecond: number;
  readonly seconds: number;
};

export type Printed = {
  readonly printed: number;
  /** Lines of the log, those that tell of lost ones among them. */
  readonly kept: number;
  /** Lines that came too fast to be kept, as the log tells it, and how many lines tell it. */
  readonly toldLost: number;
  readonly tellers: number;
  readonly endedAt: number;
};

const ticksPerSecond = 20;

/** Prints into the log of a build as the engine does, at an even pace, and ends it. */
export async function print(database: string, loud: Loud): Promise<Printed> {
  const log = createLogger({ name: 'bench', level: 'error', format: 'json', write: (line) => console.error(line) });
  const db = createDb({ url: database });
  const events = await openEvents({ DATABASE_URL: database, REDIS_URL: undefined }, log);
  const logs = postgresLogs(db, { events, log });
  const deploymentId = idOf('Deployment', loud.deploymentId) ?? '';
  const stream = buildLogOf(deploymentId);
  const { organizationId } = loud;
  const writer = logWriter(logs, {
    stream,
    organizationId,
    deploymentId,
    mask: [],
    onError: (err) => log.error({ err }),
  });
  const printed = await printEvenly((text) => writer.write(text), loud);
  const kept = Number(await writer.flush());
  await writer.close();
  await logs.end(stream, organizationId);
  const endedAt = Date.now();
  const lost = await lostIn((after) => logs.read(stream, { after, limit: 500 }));
  await logs.close();
  await events.close();
  await db.$disconnect();
  return { printed, kept, toldLost: lost.lines, tellers: lost.tellers, endedAt };
}

async function printEvenly(write: (text: string) => void, { linesPerSecond, seconds }: Loud): Promise<number> {
  const begun = performance.now();
  let printed = 0;
  for (let tick = 1; tick <= seconds * ticksPerSecond; tick += 1) {
    const due = Math.round((tick * linesPerSecond) / ticksPerSecond);
    let text = '';
    for (; printed < due; printed += 1) text += `${printed} a line as long as most of them are, of a build\n`;
    write(text);
    await sleep(Math.max(0, begun + (tick * 1_000) / ticksPerSecond - performance.now()));
  }
  return printed;
}

type Page = {
  readonly lines: readonly { readonly sequence: number; readonly message: string }[];
  readonly hasNext: boolean;
};

/** What the log itself says of lines that came too fast to be kept. */
async function lostIn(read: (after: number) => Promise<Page>) {
  let [lines, tellers, after] = [0, 0, 0];
  for (let more = true; more;) {
    const page = await read(after);
    for (const { message } of page.lines) {
      const told = /^(A|\d+) lines? (?:was|were) lost here/.exec(message)?.[1];
      if (told === undefined) continue;
      tellers += 1;
      lines += told === 'A' ? 1 : Number(told);
    }
    after = page.lines.at(-1)?.sequence ?? after;
    more = page.hasNext;
  }
  return { lines, tellers };
}
