import { makeNewKeys, removeOldKeys } from './new-keys.js';
import { resealMails } from './reseal-mails.js';
import { resealSecondFactors } from './reseal-second-factors.js';
import { resealVariables } from './reseal-variables.js';
import { rewrapKeys } from './rewrap-keys.js';
import type { Found, Reseal, Rotation } from './rotation.js';

const kinds: Readonly<Record<string, Reseal>> = {
  'keys of organizations': rewrapKeys,
  'values of variables': resealVariables,
  'second factors': resealSecondFactors,
  'waiting mails': resealMails,
};

const mostListed = 50;

export type RotateOptions = {
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** What cannot be opened stays as it is; otherwise nothing is done when there is any. */
  readonly leaveUnopened: boolean;
};

/**
 * Seals all that is kept with the newest of the platform's secrets, and with new keys of the organizations when that is
 * asked for, while the platform runs. Ended half-way it is run again. False when it was refused.
 */
export async function rotate(rotation: Rotation, { dryRun, leaveUnopened }: RotateOptions): Promise<boolean> {
  const { say } = rotation;
  const unopened = (await each(rotation, false, 'to seal anew')).flatMap((found) => found.unopened);
  if (unopened.length > 0 && !leaveUnopened) return refuse(rotation, unopened);
  if (dryRun) return (say('This was a dry run: nothing was changed.'), true);
  const made = await makeNewKeys(rotation);
  if (rotation.keysSince) say(`${made} organizations have a new key`);
  await each(rotation, true, 'sealed anew');
  say(`${await removeOldKeys(rotation)} keys that seal nothing any more removed`);
  if (unopened.length > 0) list(rotation, unopened, 'Left as they are, because no secret of APPLOYD_SECRET opens them');
  say(
    'Nothing that opens needs more than the first secret of APPLOYD_SECRET: remove the others behind it, and restart.',
  );
  return true;
}

async function each(rotation: Rotation, write: boolean, what: string): Promise<readonly Found[]> {
  const all: Found[] = [];
  for (const [kind, reseal] of Object.entries(kinds)) {
    const found = await reseal(rotation, write);
    rotation.say(`${kind}: ${found.count} ${what}`);
    all.push(found);
  }
  return all;
}

function refuse(rotation: Rotation, unopened: readonly string[]): boolean {
  list(rotation, unopened, 'Nothing was changed: no secret of APPLOYD_SECRET opens these');
  rotation.say(
    'Add the secret that sealed them behind a comma and run this again, or set those variables anew. With --leave-unopened the rest is done without them.',
  );
  return false;
}

function list({ say }: Rotation, unopened: readonly string[], head: string): void {
  say(`${head} (${unopened.length}):`);
  for (const name of unopened.slice(0, mostListed)) say(`  ${name}`);
  if (unopened.length > mostListed) say(`  and ${unopened.length - mostListed} more`);
}
