import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@apployd/core/clock';
import { silentLogger } from '@apployd/backplane/log/logger';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { isLeftOut } from '@apployd/test/without';
import { describe } from 'vitest';
import { pebbleBench } from '../testing/pebble-bench.js';
import { acmeAccounts } from './acme-account.js';
import { acmeClientCertificates } from './acme-client.js';
import { certbotCertificates } from './certbot.js';
import { certificatesConformance } from './certificates.conformance.js';

describe.skipIf(isLeftOut('pebble'))('with Pebble', () => {
  certificatesConformance('acme-client', () =>
    pebbleBench(async ({ pebble, db, ...proofs }) => ({
      certificates: acmeClientCertificates({
        ...{ directory: pebble.directory, email: 'ops@example.test', ca: pebble.ca, ...proofs },
        accounts: acmeAccounts({ db, box: aesGcmSecretBox('the own secret of the platform'), log: silentLogger }),
        clock: systemClock,
      }),
      close: async () => undefined,
    })),
  );

  // It tries a refused nonce again once: of 5 in a hundred an order meets two in a row too often.
  certificatesConformance('certbot', () =>
    pebbleBench(
      async ({ pebble, db: _, ...proofs }) => {
        const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-certbot-'));
        const { directory, caFile } = pebble;
        return {
          certificates: certbotCertificates({
            program: 'certbot',
            folder,
            directory,
            caFile,
            email: null,
            log: silentLogger,
            ...proofs,
          }),
          close: () => rm(folder, { recursive: true }),
        };
      },
      { refusedNonces: 0 },
    ),
  );
});
