import { deadlineIn } from '@apployd/core/deadline';
import { systemClock } from '@apployd/core/clock';
import type { Db } from '@apployd/prisma/create-db';
import { testDatabase } from '@apployd/prisma/test-database';
import type { Certificates, Challenges } from '../certificates/certificates.js';
import type { CertificatesBench } from '../certificates/certificates.conformance.js';
import { tableChallenges } from '../certificates/challenges.js';
import { dnsChallenges, type DnsChallenges } from '../certificates/dns-challenges.js';
import { nodeResolver } from '../resolver/node.js';
import { challengeServer } from './challenge-server.js';
import { pebbleDns, startPebble, type Pebble, type PebbleOptions } from './pebble.js';

type Parts = {
  readonly pebble: Pebble;
  readonly db: Db;
  readonly challenges: Challenges;
  readonly dns: DnsChallenges;
};

/** An adapter before a real authority, which asks for its answers over HTTP and in DNS. */
export async function pebbleBench(
  open: (parts: Parts) => Promise<{ readonly certificates: Certificates; close(): Promise<void> }>,
  { refusedNonces }: Pick<PebbleOptions, 'refusedNonces'> = {},
): Promise<CertificatesBench> {
  const database = await testDatabase();
  const { db } = database;
  const answers = await challengeServer(db);
  const pebble = await startPebble({ httpPort: answers.port, refusedNonces });
  const names = pebbleDns(pebble);
  const clock = systemClock;
  const resolver = nodeResolver([pebble.nameServer]);
  const dns = dnsChallenges({ dns: names, resolver, baseDomain: 'example.test', clock, waitMs: 0 });
  const adapter = await open({ pebble, db, dns, challenges: tableChallenges({ db, clock }) });
  return {
    certificates: adapter.certificates,
    root: pebble.root,
    spoil: async (hostname, how) => {
      if (how === '404') answers.strangers.add(hostname);
      else if (how === 'SERVFAIL') await pebble.dns('set-servfail', { host: `${hostname}.` });
      else await pebble.dns('add-a', { host: `${hostname}.`, addresses: ['127.0.0.9'] });
    },
    delegate: async (domain) => {
      const { alias } = await dns.place(domain, deadlineIn(10_000));
      await pebble.dns('set-cname', { host: `_acme-challenge.${domain.replace('*.', '')}.`, target: `${alias}.` });
    },
    left: async () => (await db.acmeChallenge.count()) + names.records(),
    close: async () => {
      await adapter.close();
      await pebble.close();
      await answers.close();
      await database.close();
    },
  };
}
