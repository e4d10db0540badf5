import { bareName, challengeName, isWildcard, type DomainFindings } from '@apployd/core/domain';
import { withinDeadline } from '@apployd/core/deadline';
import type { Engine } from '../engine.js';
import { addressSet, isProxy } from './address-sets.js';

const patienceMs = 10_000;
/** A name may have any number of records: so many are kept. */
const most = 10;
const longest = 255;
const mostLabels = 10;

export type Claimed = {
  readonly name: string;
  readonly proof: string;
  /** The platform's own host name for its environment. */
  readonly hostname: string;
};

/** What the public DNS says about a claim, just now. */
export function lookAt(
  engine: Engine,
  { name, proof, hostname }: Claimed,
  signal: AbortSignal,
): Promise<DomainFindings> {
  const { resolver } = engine;
  return withinDeadline(signal, patienceMs, async (stop) => {
    const [proofs, addresses, own, caa] = await Promise.all([
      orNull(resolver.txt(challengeName(name), stop)),
      orNull(resolver.addresses(isWildcard(name) ? `apployd-check.${bareName(name)}` : name, stop)),
      ownAddresses(engine, hostname, stop),
      orNull(issuersOf(engine, name, stop)),
    ]);
    signal.throwIfAborted();
    return {
      proof: proofs === null ? 'UNKNOWN' : proofs.includes(proof) ? 'FOUND' : 'MISSING',
      proofs: (proofs ?? []).slice(0, most).map(legible),
      leads: whereTo(addresses, own ?? []),
      addresses: (addresses ?? []).slice(0, most),
      foreign: foreignOf(addresses, own ?? [])?.slice(0, most) ?? null,
      caa: caa?.slice(0, most).map(legible) ?? null,
    };
  });
}

/** Whom CAA records let issue: those of the nearest name that has any count. For a wildcard, its own kind first. */
async function issuersOf({ resolver }: Engine, name: string, signal: AbortSignal): Promise<readonly string[]> {
  const labels = bareName(name).split('.');
  for (let from = 0; from < Math.min(labels.length, mostLabels); from += 1) {
    const records = await resolver.caa(labels.slice(from).join('.'), signal);
    if (records.length === 0) continue;
    const of = (tag: string) => records.flatMap((one) => (one.startsWith(`${tag} `) ? one.slice(tag.length + 1) : []));
    return isWildcard(name) && of('issuewild').length > 0 ? of('issuewild') : of('issue');
  }
  return [];
}

function ownAddresses({ resolver, settings }: Engine, hostname: string, signal: AbortSignal) {
  if (settings.edgeAddresses.length > 0) return Promise.resolve(settings.edgeAddresses);
  return orNull(resolver.addresses(hostname, signal));
}

function whereTo(addresses: readonly string[] | null, own: readonly string[]): DomainFindings['leads'] {
  if (addresses === null) return 'UNKNOWN';
  if (addresses.length === 0) return 'NOWHERE';
  if (addresses.every(isProxy)) return 'PROXY';
  if (own.length === 0) return 'PLATFORM_UNKNOWN';
  const foreign = foreignOf(addresses, own) ?? [];
  if (foreign.length === addresses.length) return 'ELSEWHERE';
  return foreign.length === 0 ? 'HERE' : 'HERE_TOO';
}

/** The addresses that are not the platform's own, however each is written; null where either is not known. */
function foreignOf(addresses: readonly string[] | null, own: readonly string[]): readonly string[] | null {
  if (addresses === null || own.length === 0) return null;
  const isOwn = addressSet(own);
  return addresses.filter((address) => !isOwn(address));
}

/** What anybody may write into a record, as it is kept and shown: the database takes no NUL and no half of a pair. */
function legible(text: string): string {
  return text.slice(0, longest).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\u{FFFD}');
}

const orNull = <T>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null);
