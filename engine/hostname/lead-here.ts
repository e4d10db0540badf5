import { DeploymentFailure } from '@apployd/core/failure';
import { RecordInTheWay } from '../dns/dns.js';
import { addressSet, isProxy } from '../domain/address-sets.js';
import type { Engine } from '../engine.js';
import { ownRecords } from './own-records.js';

/**
 * A host name of the platform's that nobody was sent to before leads to the edges, unless it does so already: by a wildcard,
 * or because somebody has seen to it.
 */
export async function leadHere(engine: Engine, hostname: string, signal: AbortSignal): Promise<void> {
  const records = ownRecords(engine, hostname);
  if (records.length === 0 || (await engine.db.route.count({ where: { hostname } })) > 0) return;
  if (await leadsHere(engine, hostname, signal)) return;
  try {
    await engine.dns.ensure(records, signal);
  } catch (err) {
    signal.throwIfAborted();
    engine.log.error({ err, hostname }, 'a host name could not be set');
    throw failureOf(err, hostname);
  }
}

function failureOf(error: unknown, hostname: string): DeploymentFailure {
  if (error instanceof RecordInTheWay) {
    return new DeploymentFailure(
      'HOSTNAME_TAKEN',
      'SWITCH',
      `The new release is healthy, but its address ${hostname} is in use: another record, which this platform did not set, stands at that name. Ask the operator to remove it, or deploy to an environment or project with another slug.`,
    );
  }
  return new DeploymentFailure(
    'ROUTE_TIMEOUT',
    'SWITCH',
    `The new release is healthy, but its address ${hostname} could not be set up. Deploy again, and tell the operator when it lasts.`,
  );
}

async function leadsHere({ resolver, settings }: Engine, hostname: string, signal: AbortSignal): Promise<boolean> {
  const addresses = await resolver.addresses(hostname, signal).catch(() => []);
  if (addresses.length === 0) return false;
  return addresses.every(addressSet(settings.edgeAddresses)) || (settings.isDnsProxied && addresses.every(isProxy));
}

/** What was set here for a host name that is gone. What cannot be removed leads to an edge that knows no such name. */
export async function leadNoLonger(engine: Engine, hostname: string, signal: AbortSignal): Promise<void> {
  try {
    for (const record of ownRecords(engine, hostname)) await engine.dns.remove(record, signal);
  } catch (err) {
    signal.throwIfAborted();
    engine.log.warn({ err, hostname }, 'the records of a host name could not be removed');
  }
}
