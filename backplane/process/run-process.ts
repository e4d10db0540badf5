import type { SharedConfig } from '../config/shared.js';
import { ownSecrets } from '../config/own-secrets.js';
import { printConfigIfAsked } from '../config/print-config.js';
import { createLogger, type Logger } from '../log/logger.js';
import { secretsInUse, type SecretsInUse } from '../log/secrets-in-use.js';
import { giveBackWhatStartingTook } from './give-back.js';
import { readyMessage } from './ready-message.js';
import { explain } from './explain.js';

/** What a process is once it is healthy. */
interface Running {
  /** Where it can be reached; absent when it listens nowhere. */
  readonly url?: string;
  /** Ends gracefully: takes nothing new, finishes or hands back what it has, closes what it opened. */
  close(): Promise<void>;
}

export interface RunOptions<Config> {
  readonly readConfig: () => Config;
  /** Resolves once healthy; the signal aborts when the end is asked for meanwhile. */
  readonly start: (config: Config, log: Logger, signal: AbortSignal, secrets: SecretsInUse) => Promise<Running>;
  /** How long a graceful end may take before the process exits all the same, with 1. */
  readonly closeTimeoutMs?: number;
}

type LogConfig = Pick<SharedConfig, 'LOG_LEVEL' | 'LOG_FORMAT'>;

/** Runs what this process is for until SIGTERM, SIGINT or the loss of the launcher; `main.ts` does nothing else. */
export async function runProcess<Config extends LogConfig>(name: string, options: RunOptions<Config>): Promise<never> {
  const config = configOrExit(name, options.readConfig);
  printConfigIfAsked(config);
  const secrets = secretsInUse(ownSecrets(config));
  const log = createLogger({ name, level: config.LOG_LEVEL, format: config.LOG_FORMAT, secrets });
  const fail = (error: unknown, message: string): never => {
    log.fatal({ err: error }, message);
    process.exit(1);
  };
  // A launcher that was killed reads no more; that must not keep us from ending well.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('uncaughtException', (error) => fail(error, 'uncaught error'));
  process.on('unhandledRejection', (error) => fail(error, 'unhandled rejection'));

  const ending = endSignal();
  ending.addEventListener('abort', () => {
    setTimeout(() => fail(undefined, 'did not end in time'), options.closeTimeoutMs ?? 10_000);
  });
  const running = await options.start(config, log, ending, secrets).catch((error: unknown) => {
    if (ending.aborted) process.exit(0);
    return fail(error, `could not start: ${explain(error)}`);
  });
  if (!ending.aborted) announce(running, log);
  giveBackWhatStartingTook();
  await aborted(ending);
  log.info('ending');
  await running.close().catch((error: unknown) => fail(error, 'could not end cleanly'));
  process.exit(0);
}

function configOrExit<Config>(name: string, readConfig: () => Config): Config {
  try {
    return readConfig();
  } catch (error) {
    process.stderr.write(`${name}: ${explain(error)}\n`);
    process.exit(1);
  }
}

function announce(running: Running, log: Logger): void {
  log.info({ url: running.url }, 'ready');
  process.send?.(readyMessage(running.url));
}

/** A launcher that was killed sends no signal, but its channel closes. */
function endSignal(): AbortSignal {
  const ending = new AbortController();
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) {
    process.on(event, () => ending.abort(new Error('The process is ending.')));
  }
  return ending.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
