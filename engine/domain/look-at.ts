import { bareName, challengeName, isWildcard, type DomainFindings } from '@apployd/core/domain';
import { withinDeadline } from '@apployd/core/deadline';
import type { ProofPlace } from '../certificates/certificates.js';
import type { Engine } from '../engine.js';
import { addressSet, isProxy } from './address-sets.js';
import { tryPort80 } from './try-port-80.js';

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

/** What the public DNS says about a claim, just now, and what is met on port 80 of a name that is proven and leads here. */
export async function lookAt(engine: Engine, claimed: Claimed, signal: AbortSignal): Promise<DomainFindings> {
  const { own, ...found } = await lookUp(engine, claimed, signal);
  const isToTry = engine.certificates && !isWildcard(claimed.name) && found.proof === 'FOUND' && mayBeHere(found.leads);
  if (!isToTry) return found;
  const port80 = await tryPort80(engine, { hostname: claimed.name, addresses: found.addresses, own }, signal);
  signal.throwIfAborted();
  return { ...found, port80 };
}

const mayBeHere = (leads: DomainFindings['leads']) =>
  leads === 'HERE' || leads === 'HERE_TOO' || leads === 'PROXY' || leads === 'PLATFORM_UNKNOWN';

type LookedUp = DomainFindings & { readonly own: readonly string[] };

function lookUp(engine: Engine, { name, proof, hostname }: Claimed, signal: AbortSignal): Promise<LookedUp> {
  const { resolver } = engine;
  return withinDeadline(signal, patienceMs, async (stop) => {
    const [proofs, addresses, own, caa, place, authority] = await Promise.all([
      orNull(resolver.txt(challengeName(name), stop)),
      orNull(resolver.addresses(isWildcard(name) ? `apployd-check.${bareName(name)}` : name, stop)),
      ownAddresses(engine, hostname, stop),
      orNull(issuersOf(engine, name, stop)),
      orNull(proofPlaceOf(engine, name, stop)),
      authorityOf(engine, stop),
    ]);
    signal.throwIfAborted();
    return {
      proof: proofs === null ? 'UNKNOWN' : proofs.includes(proof) ? 'FOUND' : 'MISSING',
      proofs: (proofs ?? []).slice(0, most).map(legible),
      leads: whereTo(addresses, own ?? []),
      addresses: (addresses ?? []).slice(0, most),
      foreign: foreignOf(addresses, own ?? [])?.slice(0, most) ?? null,
      caa: caa?.issuers.slice(0, most).map(legible) ?? null,
      caaFrom: caa?.from ?? null,
      ...authority,
      port80: null,
      own: own ?? [],
      delegation: place?.alias ? { to: place.alias, observed: place.observed && legible(place.observed) } : null,
      provable: place && place.at !== null,
    };
  });
}

/** Where a wildcard can be proven to an authority; null: it is none, or the platform orders none. */
async function proofPlaceOf({ certificates }: Engine, name: string, signal: AbortSignal): Promise<ProofPlace | null> {
  if (!isWildcard(name) || !certificates) return null;
  return certificates.places?.place(name, signal) ?? { at: null, alias: null, observed: null };
}

type Issuers = { readonly issuers: readonly string[]; readonly from: DomainFindings['caaFrom'] };

/** Whom CAA records let issue: those of the nearest name that has any count. For a wildcard, its own kind first. */
async function issuersOf({ resolver }: Engine, name: string, signal: AbortSignal): Promise<Issuers> {
  const labels = bareName(name).split('.');
  for (let from = 0; from < Math.min(labels.length, mostLabels); from += 1) {
    const at = labels.slice(from).join('.');
    const records = await resolver.caa(at, signal);
    if (records.length === 0) continue;
    const of = (tag: string) => records.flatMap((one) => (one.startsWith(`${tag} `) ? one.slice(tag.length + 1) : []));
    const tag = isWildcard(name) && of('issuewild').length > 0 ? 'issuewild' : 'issue';
    return { issuers: of(tag), from: { at, tag } };
  }
  return { issuers: [], from: null };
}

/** As whom CAA records name the authority, and until when it takes no orders. */
async function authorityOf({ certificates, db, clock }: Engine, signal: AbortSignal) {
  if (!certificates) return { authorities: [], pausedUntil: null };
  const [authorities, pause] = await Promise.all([
    certificates.identities(signal),
    db.acmePause.findUnique({ where: { directory: certificates.directory } }),
  ]);
  const isPaused = pause !== null && pause.until > clock.now();
  return { authorities: authorities && [...authorities], pausedUntil: isPaused ? pause.until.toISOString() : null };
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
