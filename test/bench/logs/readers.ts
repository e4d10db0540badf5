import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Following = {
  readonly url: string;
  readonly token: string;
  readonly deploymentId: string;
  readonly subscribers: number;
};

/** What one reader got: lines, those that were not the next ones, those that it was told were lost, and when it ended. */
export type Told = {
  readonly lines: number;
  readonly wrong: number;
  readonly lost: number;
  readonly endedAt: number;
};

export type Readers = { ended(withinMs: number): Promise<readonly Told[]> };

/** Readers in a process of their own, as far from the server as any client; resolves once each has begun. */
export async function startReaders(following: Following): Promise<Readers> {
  const program = fileURLToPath(new URL('reader.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(following)], { execArgv: ['--conditions=source', '--import', 'tsx'] });
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`The readers ended with ${code}.`)));
    });
  await next();
  const ended = next() as Promise<readonly Told[]>;
  return { ended: (ms) => within(ms, ended).finally(() => child.kill()) };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The readers have not ended within ${ms / 1_000} s.`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
