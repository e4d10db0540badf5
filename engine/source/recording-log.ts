import type { LogSource } from '@apployd/core/log-line';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';

export type RecordingLog = LogWriter & {
  readonly lines: { readonly message: string; readonly source: LogSource }[];
  /** Resolves once a line holds this text. */
  saw(text: string): Promise<void>;
};

/** Keeps what is written, for tests. */
export function recordingLog(): RecordingLog {
  const lines: { message: string; source: LogSource }[] = [];
  const waiting = new Map<string, () => void>();
  const has = (text: string) => lines.some(({ message }) => message.includes(text));
  const write = (text: string, source: LogSource = 'BUILD') => {
    for (const message of text.split('\n')) lines.push({ message, source });
    for (const [wanted, resolve] of waiting) if (has(wanted)) resolve();
  };
  return {
    lines,
    write,
    line: write,
    saw: (text) => (has(text) ? Promise.resolve() : new Promise((resolve) => waiting.set(text, resolve))),
    flush: () => Promise.resolve(BigInt(lines.length)),
    close: () => Promise.resolve(),
  };
}
