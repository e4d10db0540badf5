import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { until } from '@apployd/backplane/testing/until';
import type { Dns } from '../dns/dns.js';
import { freePort } from '@apployd/backplane/testing/free-port';

/** A real certificate authority of a test's own, which looks names up in a DNS of its own and then really asks there. */
export type Pebble = {
  readonly directory: string;
  /** PEM of who vouches for the directory's address; not for what is issued. */
  readonly ca: string;
  /** The same in a file. */
  readonly caFile: string;
  /** Its DNS: `host:port`. */
  readonly nameServer: string;
  /** PEM of who vouches for what is issued. */
  root(): Promise<string>;
  /** What its DNS says: every name is at 127.0.0.1 unless told otherwise. */
  dns(verb: string, body: object): Promise<void>;
  close(): Promise<void>;
};

export type PebbleOptions = {
  /** Where it asks for HTTP-01. */
  readonly httpPort: number;
  readonly validSeconds?: number;
  /** How many requests in a hundred are refused for a used nonce: clients are to try those again. */
  readonly refusedNonces?: number;
};

const startTries = 3;

/** Ports are free at the moment of choosing: somebody else may be quicker. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(options);
    } catch (error) {
      if (attempt === startTries) throw error;
    }
  }
}

async function tryToStart({ httpPort, validSeconds = 7_776_000, refusedNonces = 5 }: PebbleOptions): Promise<Pebble> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-pebble-'));
  const file = (name: string) => path.join(folder, name);
  const [port, management, dnsPort, dnsManagement, tlsPort] = [
    ...[await freePort(), await freePort(), await freePort(), await freePort(), await freePort()],
  ] as const;
  const own = await makeCertificate({ names: ['127.0.0.1', 'localhost'], isAuthority: true });
  await writeFile(file('pebble.pem'), own.chain);
  await writeFile(file('pebble.key'), own.key);
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    ...{ certificate: file('pebble.pem'), privateKey: file('pebble.key'), httpPort, tlsPort },
    ...{ ocspResponderURL: '', externalAccountBindingRequired: false, certificateValidityPeriod: validSeconds },
  };
  await writeFile(file('pebble.json'), JSON.stringify({ pebble }));
  const children = [
    start('pebble-challtestsrv', [
      ...['-dns01', `127.0.0.1:${dnsPort}`, '-management', `127.0.0.1:${dnsManagement}`],
      ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-http01', '', '-https01', '', '-tlsalpn01', ''],
    ]),
    start('pebble', ['-config', file('pebble.json'), '-dnsserver', `127.0.0.1:${dnsPort}`], {
      PEBBLE_VA_NOSLEEP: '1',
      PEBBLE_VA_ALWAYS_VALID: '0',
      PEBBLE_WFE_NONCEREJECT: String(refusedNonces),
    }),
  ];
  const close = async () => {
    await Promise.all(children.map(end));
    await rm(folder, { recursive: true, force: true });
  };
  const directory = `https://127.0.0.1:${port}/dir`;
  const dns = async (verb: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${dnsManagement}/${verb}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The DNS of the test did not take ${verb}: ${answer.status}`);
  };
  try {
    await until(async () => {
      if (children.some(({ exitCode, pid }) => exitCode !== null || pid === undefined)) throw new Error(notStarted);
      const answers = [get(directory, own.chain), fetch(`http://127.0.0.1:${dnsManagement}/`)];
      return (await Promise.allSettled(answers)).every(({ status }) => status === 'fulfilled');
    });
  } catch (error) {
    await close();
    throw error;
  }
  const root = () => get(`https://127.0.0.1:${management}/roots/0`, own.chain);
  return { directory, ca: own.chain, caFile: file('pebble.pem'), nameServer: `127.0.0.1:${dnsPort}`, root, dns, close };
}

/** The names that it looks up, as a provider of DNS with the zone `example.test` would keep them. */
export function pebbleDns({ dns }: Pebble): Dns & { /** How many stand. */ records(): number } {
  const records = new Set<string>();
  return {
    covers: async (name) => name.endsWith('.example.test'),
    ensure: async (wanted) => {
      for (const { name, content } of wanted) {
        records.add(`${name} ${content}`);
        await dns('set-txt', { host: `${name}.`, value: content });
      }
    },
    remove: async ({ name, content }) => {
      records.delete(`${name} ${content}`);
      await dns('clear-txt', { host: `${name}.` });
    },
    records: () => records.size,
  };
}

const notStarted =
  'Pebble did not start. Install it (`npm run setup:host`), or leave its suites out with APPLOYD_TEST_WITHOUT=pebble.';

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  child.on('error', () => undefined); // no pid tells
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca, timeout: 2_000, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    });
    request.on('timeout', () => request.destroy(new Error('No answer within 2 s.')));
    request.on('error', reject);
  });
}
