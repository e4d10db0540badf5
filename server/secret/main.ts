import { parseArgs } from 'node:util';
import { parseConfig } from '@apployd/backplane/config/parse-config';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { explain } from '@apployd/backplane/process/explain';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { organizationKeys } from '@apployd/backplane/secret-box/organization-keys';
import { createDb } from '@apployd/prisma/create-db';
import { authSecrets } from '../account/auth-secrets.js';
import { rotate } from './rotate.js';

const statementTimeoutMs = 5 * 60_000;

/** What `npm run rotate-secrets` runs once it knows database and secret. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'organization-keys': { type: 'boolean', default: false },
      since: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      'leave-unopened': { type: 'boolean', default: false },
    },
  });
  const config = parseConfig(sharedSettings.pick({ DATABASE_URL: true, APPLOYD_SECRET: true }), process.env);
  const keysSince = values['organization-keys'] ? timeOf(values.since) : null;
  if (keysSince) say(`Ended before it is done, it goes on with --organization-keys --since ${keysSince.toISOString()}`);
  const db = createDb({ url: config.DATABASE_URL, connections: 2, statementTimeoutMs });
  const platform = aesGcmSecretBox(config.APPLOYD_SECRET);
  const parts = {
    db,
    platform,
    keyring: organizationKeys(db, platform),
    authSecrets: authSecrets(config.APPLOYD_SECRET),
  };
  try {
    const options = { dryRun: values['dry-run'], leaveUnopened: values['leave-unopened'] };
    return (await rotate({ ...parts, keysSince, say }, options)) ? 0 : 1;
  } finally {
    await db.$disconnect();
  }
}

function timeOf(text: string | undefined): Date {
  const time = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error('--since takes a time such as 2026-01-31T12:00:00.000Z.');
  return time;
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`rotate-secrets: ${explain(error)}\n`);
    process.exit(1);
  },
);
