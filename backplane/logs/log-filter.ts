import { levelOf, logLevels, plainText, type LogLevel } from '@apployd/core/log-level';
import type { LogLine, NewLogLine } from '@apployd/core/log-line';

/** Which lines are wanted: all that is given has to hold. */
export type LogFilter = {
  /** Literally, in what a terminal would show, whatever its case. */
  readonly text?: string;
  readonly levels?: readonly LogLevel[];
  readonly deploymentId?: string;
  /** At that moment or later. */
  readonly since?: Date;
  /** Before that moment. */
  readonly until?: Date;
};

/** What is cheap to ask is asked first. */
export function matcher({ text = '', levels, deploymentId, since, until }: LogFilter): (line: LogLine) => boolean {
  const words = text.toLowerCase();
  return ({ at, message, ...line }) =>
    (deploymentId === undefined || line.deploymentId === deploymentId) &&
    (since === undefined || at >= since) &&
    (until === undefined || at < until) &&
    (levels === undefined || levels.includes(levelOf(message))) &&
    (words === '' || plainText(message).toLowerCase().includes(words));
}

/** What is kept of a chunk beside its lines, so that a search need not open it. */
export type ChunkFacts = {
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** A bit for each level that a line has. */
  readonly levels: number;
  readonly deploymentIds: readonly string[];
  /** Of the messages. */
  readonly bytes: number;
};

export function factsOf(lines: readonly Pick<NewLogLine, 'at' | 'message' | 'deploymentId'>[]): ChunkFacts {
  const times = lines.map(({ at }) => at.getTime());
  return {
    firstAt: new Date(Math.min(...times)),
    lastAt: new Date(Math.max(...times)),
    levels: lines.reduce((bits, { message }) => bits | bitOf(levelOf(message)), 0),
    deploymentIds: [...new Set(lines.map(({ deploymentId }) => deploymentId))],
    bytes: lines.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
  };
}

/** Of the levels that are wanted; all of them when none is named. */
export function levelBits(levels: readonly LogLevel[] = logLevels): number {
  return levels.reduce((bits, level) => bits | bitOf(level), 0);
}

function bitOf(level: LogLevel): number {
  return 1 << logLevels.indexOf(level);
}
