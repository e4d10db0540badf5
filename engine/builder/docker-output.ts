import { StringDecoder } from 'node:string_decoder';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { outputLines } from './output-lines.js';

export type DockerBuildError = {
  readonly message: string;
  /** Exit code of the step that failed, where it was a command. */
  readonly exitCode: number | null;
  /** The instruction at which the build ended, such as `RUN npm ci`. */
  readonly step: string | null;
  /** Node said that its heap was full. */
  readonly heapFull: boolean;
};

type Message = {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
};

/**
 * Passes a build's output on line by line, without the engine's bookkeeping, until the build ends. Null when it succeeded.
 * `onContainer` hears of each container that a step runs in, and of whatever a step prints that looks like one.
 */
export async function followDockerBuild(
  output: AsyncIterable<Buffer>,
  log: LogWriter,
  onContainer: (id: string) => void = () => undefined,
): Promise<DockerBuildError | null> {
  let step: string | null = null;
  let heapFull = false;
  let failed: Pick<DockerBuildError, 'message' | 'exitCode'> | null = null;
  const write = (line: string) => {
    step = stepOf(line) ?? step;
    const container = containerOf(line);
    if (container) onContainer(container);
    heapFull ||= line.includes('JavaScript heap out of memory');
    if (!isBookkeeping(line)) log.line(line);
  };
  const lines = outputLines<'stream'>(write);
  for await (const message of messagesOf(output)) {
    if (message.stream) lines.push(Buffer.from(unpainted(message.stream)), 'stream');
    if (message.status && !message.id) write(message.status);
    if (message.error) failed = { message: message.error, exitCode: message.errorDetail?.code ?? null };
  }
  lines.end();
  return failed && { ...failed, step, heapFull };
}

const maxMessageLength = 1024 * 1024;

async function* messagesOf(output: AsyncIterable<Buffer>): AsyncIterable<Message> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of output) {
    text += decoder.write(chunk);
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    if (text.length > maxMessageLength) throw new Error('Docker sent a build message without an end');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Message;
  }
  if (text.trim() !== '') yield JSON.parse(text) as Message;
}

function stepOf(line: string): string | null {
  return /^Step \d+\/\d+ : (.*)/.exec(line)?.[1] ?? null;
}

function containerOf(line: string): string | undefined {
  return /^ ---> Running in ([0-9a-f]{12})$/.exec(line)?.[1];
}

/** The engine paints what a step writes to stderr red. */
function unpainted(text: string): string {
  // eslint-disable-next-line no-control-regex -- the engine's own escape sequences
  return text.replace(/^\u001b\[91m/, '').replace(/\u001b\[0m$/, '');
}

function isBookkeeping(line: string): boolean {
  return /^ ---> ([0-9a-f]{12}|Running in [0-9a-f]{12})$|^Removing intermediate container |^Successfully (built|tagged) |^Step \d+\/\d+ : LABEL apployd\.managed=|^$/.test(
    line,
  );
}
