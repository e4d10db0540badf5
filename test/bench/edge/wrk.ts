import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export type WrkResult = { readonly requestsPerSecond: number; readonly p99Ms: number; readonly failed: number };

/** Loads a port with kept connections that repeat nothing, asking for a host name. */
export async function wrk(port: number, host: string, seconds: number, connections = 32): Promise<WrkResult> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '5s', '-H', `Host: ${host}`];
  const { stdout } = await promisify(execFile)('wrk', [...args, `http://127.0.0.1:${port}/`], {
    timeout: (seconds + 20) * 1000,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('This benchmark loads with wrk: install it (on Debian `apt-get install wrk`).');
  });
  return read(stdout);
}

function read(text: string): WrkResult {
  const figure = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  const [, p99 = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const errors = /connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  return {
    requestsPerSecond: figure(/Requests\/sec:\s+([\d.]+)/),
    p99Ms: Number(p99) * (unit === 's' ? 1000 : unit === 'us' ? 0.001 : 1),
    failed: errors.reduce((sum, each) => sum + each, 0) + figure(/Non-2xx or 3xx responses: (\d+)/),
  };
}
