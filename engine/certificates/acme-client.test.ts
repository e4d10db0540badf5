import { systemClock } from '@apployd/core/clock';
import { silentLogger } from '@apployd/backplane/log/logger';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { testDatabase } from '@apployd/prisma/test-database';
import { isLeftOut } from '@apployd/test/without';
import { describe } from 'vitest';
import { challengeServer } from '../testing/challenge-server.js';
import { pebbleDns, startPebble } from '../testing/pebble.js';
import { acmeAccounts } from './acme-account.js';
import { acmeClientCertificates } from './acme-client.js';
import { certificatesConformance } from './certificates.conformance.js';
import { tableChallenges } from './challenges.js';
import { dnsChallenges } from './dns-challenges.js';

describe.skipIf(isLeftOut('pebble'))('with Pebble', () => {
  certificatesConformance('acme-client', async () => {
    const { db, close } = await testDatabase();
    const answers = await challengeServer(db);
    const pebble = await startPebble({ httpPort: answers.port });
    const names = pebbleDns(pebble);
    const certificates = acmeClientCertificates({
      directory: pebble.directory,
      email: 'ops@example.test',
      ca: pebble.ca,
      accounts: acmeAccounts({
        db,
        box: aesGcmSecretBox('the own secret of the platform, for tests'),
        log: silentLogger,
      }),
      challenges: tableChallenges({ db, clock: systemClock }),
      dns: dnsChallenges({ dns: names, clock: systemClock, waitMs: 0 }),
    });
    return {
      certificates,
      root: pebble.root,
      spoil: async (hostname, how) => {
        if (how === '404') answers.strangers.add(hostname);
        else if (how === 'SERVFAIL') await pebble.dns('set-servfail', { host: `${hostname}.` });
        else await pebble.dns('add-a', { host: `${hostname}.`, addresses: ['127.0.0.9'] });
      },
      left: async () => (await db.acmeChallenge.count()) + names.records(),
      close: async () => {
        await pebble.close();
        await answers.close();
        await close();
      },
    };
  });
});
