import { Readable } from 'node:stream';
import { answerError } from '../error/answer-error.js';
import { NetworkError, TimeoutError } from '../error/apployd-error.js';
import { isPassing } from '../http/requests.js';
import { delayMs, linked, sleep } from '../http/time.js';
import type { Archive } from './pack-folder.js';

export type UploadOptions = {
  readonly fetch: typeof globalThis.fetch;
  readonly token: string | null;
  readonly signal?: AbortSignal;
  /** Told as bytes leave; starts again with each attempt. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
};

const attempts = 3;
const attemptTimeoutMs = 15 * 60_000;
const delays = { firstMs: 500, longestMs: 8_000 };

/** Puts an archive where the API says. Putting the same bytes twice is putting them once, so it is tried again. */
export async function uploadArchive(archive: Archive, url: string, options: UploadOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await putWithin(attemptTimeoutMs, archive, url, options);
    } catch (error) {
      if (attempt >= attempts || !isPassing(error)) throw error;
      await sleep(delayMs(attempt, delays), options.signal);
    }
  }
}

async function putWithin(timeoutMs: number, archive: Archive, url: string, options: UploadOptions): Promise<void> {
  const limit = linked(options.signal);
  const slow = new TimeoutError(`The upload to ${url} took longer than ${timeoutMs} ms.`, timeoutMs);
  const timer = setTimeout(() => limit.abort(slow), timeoutMs);
  try {
    await put(archive, url, { ...options, signal: limit.signal });
  } finally {
    clearTimeout(timer);
    limit.release();
  }
}

async function put(archive: Archive, url: string, { fetch, token, signal, onProgress }: UploadOptions): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: {
      'content-type': 'application/gzip',
      'content-length': String(archive.sizeBytes),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: Readable.toWeb(Readable.from(counted(archive, onProgress))),
    duplex: 'half',
    signal,
  } as unknown as RequestInit).catch((error: unknown) => {
    if (signal?.aborted) throw signal.reason;
    throw new NetworkError(`Could not upload to ${url}.`, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw answerError([{ message: sentenceOf(text, response.status) }], { status: response.status });
}

async function* counted(
  { open, sizeBytes }: Archive,
  onProgress: UploadOptions['onProgress'],
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of open()) {
    yield chunk;
    sent += chunk.length;
    onProgress?.(sent, sizeBytes);
  }
}

function sentenceOf(text: string, status: number): string {
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    if (typeof message === 'string') return message;
    if (typeof error === 'string') return error;
  } catch {
    // Not JSON: a proxy's page, or a sentence.
  }
  return text.length > 0 && text.length < 300 && !text.startsWith('<')
    ? text
    : `The upload was answered with ${status}.`;
}
