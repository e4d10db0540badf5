import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@apployd/backplane/log/logger';
import { acmeChallengePath } from '@apployd/core/certificate';
import { acmeClientCertificates } from '@apployd/engine/certificates/acme-client';
import { certbotCertificates } from '@apployd/engine/certificates/certbot';
import type { Certificates, Challenges } from '@apployd/engine/certificates/certificates';
import { startPebble } from '@apployd/engine/testing/pebble';
import { atLeast, type Metric } from '../metric.js';

const [many, few, atOnce] = [40, 6, 4];
const never = new AbortController().signal;

/** How many certificates a minute the engine orders by itself, beside certbot, from the same authority. */
export async function ordering(): Promise<readonly Metric[]> {
  const answers = new Map<string, string>();
  const challenges: Challenges = {
    answer: async ({ token, keyAuthorization }) => void answers.set(token, keyAuthorization),
    withdraw: async (token) => void answers.delete(token),
  };
  const server = http.createServer((request, response) => {
    response.end(answers.get(request.url?.slice(acmeChallengePath.length) ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pebble = await startPebble({ httpPort: (server.address() as AddressInfo).port, refusedNonces: 0 });
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  const common = { directory: pebble.directory, email: null, challenges, dns: null };
  try {
    const own = acmeClientCertificates({ ...common, ca: pebble.ca, accounts: oneAccount() });
    const places = { program: 'certbot', folder, caFile: pebble.caFile };
    const certbot = certbotCertificates({ ...common, ...places, log: silentLogger });
    const [ours, theirs] = [await perMinute(own, many), await perMinute(certbot, few)];
    return [atLeast('certificates a minute, four at a time', 'count', [ours], [theirs], 'certbot', 3)];
  } finally {
    await pebble.close();
    await rm(folder, { recursive: true, force: true });
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
  }
}

/** The first one, which makes the account, is not counted. */
async function perMinute(certificates: Certificates, count: number): Promise<number> {
  await certificates.issue('first.example.test', never);
  const names = Array.from({ length: count }, (_, i) => `site-${i}.example.test`).values();
  const startedAt = performance.now();
  const oneAfterTheOther = async () => {
    for (const name of names) await certificates.issue(name, never);
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
  return (count * 60_000) / (performance.now() - startedAt);
}

function oneAccount() {
  const kept = new Map<string, { directory: string; url: string; key: string }>();
  return {
    load: async (directory: string) => kept.get(directory) ?? null,
    save: async (account: { directory: string; url: string; key: string }) => void kept.set(account.directory, account),
    forget: async (directory: string) => void kept.delete(directory),
  };
}
