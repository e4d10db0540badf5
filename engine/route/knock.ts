import net from 'node:net';

export type Knock = {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Whether a port accepts a connection, which is closed at once. Never rejects; an aborted one is `silent`. */
export function knock({
  host,
  port,
  timeoutMs,
  signal,
}: Knock): Promise<{ readonly kind: 'connected' | 'refused' | 'silent' }> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'silent' });
    const socket = net.connect({ host, port });
    const giveUp = () => socket.destroy();
    const late = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('connect', () => {
      resolve({ kind: 'connected' });
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: error.code === 'ECONNREFUSED' ? 'refused' : 'silent' }),
    );
    socket.on('close', () => {
      clearTimeout(late);
      signal.removeEventListener('abort', giveUp);
      resolve({ kind: 'silent' });
    });
  });
}
