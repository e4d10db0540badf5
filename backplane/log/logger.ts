import { pino, type Logger as Pino } from 'pino';
import type { SharedConfig } from '../config/shared.js';
import { maskedEntry } from './masked-entry.js';
import { prettyLine } from './pretty-line.js';
import { secretsInUse, type SecretsInUse } from './secrets-in-use.js';
import { withhold } from './withhold.js';

export type Logger = Pino;

/** Writes to standard output, one JSON object or one readable line per entry, without the secrets that are in use. */
export function createLogger(options: {
  readonly name: string;
  readonly level: SharedConfig['LOG_LEVEL'];
  readonly format: SharedConfig['LOG_FORMAT'];
  readonly secrets?: SecretsInUse;
  readonly write?: (line: string) => void;
  /** Leaves links as they are, with what is worth something in them: for mails that are printed. */
  readonly showsLinks?: boolean;
}): Logger {
  const { secrets = secretsInUse(), showsLinks = false } = options;
  const { write = (line: string) => process.stdout.write(line) } = options;
  const settings = {
    name: options.name,
    level: options.level,
    base: { pid: process.pid },
    formatters: { log: withhold },
    serializers: { err: (error: Error) => withhold(pino.stdSerializers.err(error)) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const present = (line: string) => (options.format === 'pretty' ? prettyLine(line) : line);
  return pino(settings, { write: (line) => void write(present(maskedEntry(line, secrets, showsLinks))) });
}

/** Says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });
