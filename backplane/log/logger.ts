import { pino, type Logger as Pino } from 'pino';
import type { SharedConfig } from '../config/shared.js';
import { prettyLine } from './pretty-line.js';

export type Logger = Pino;

/** Values under these names are never written. */
const secrets = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'variables',
  'APPLOYD_SECRET',
  'DATABASE_URL',
  'REDIS_URL',
  'MAIL_URL',
];

/** Writes to standard output, one JSON object or one readable line per entry. */
export function createLogger(options: {
  readonly name: string;
  readonly level: SharedConfig['LOG_LEVEL'];
  readonly format: SharedConfig['LOG_FORMAT'];
  readonly write?: (line: string) => void;
}): Logger {
  const write = options.write ?? ((line: string) => process.stdout.write(line));
  const settings = {
    name: options.name,
    level: options.level,
    base: { pid: process.pid },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[secret]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(settings, { write: options.format === 'pretty' ? (line) => write(prettyLine(line)) : write });
}

/** Says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });
