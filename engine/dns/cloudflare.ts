import { APIError } from 'cloudflare/core/error';
import { BaseRecords, type RecordResponse } from 'cloudflare/resources/dns/records';
import { BaseTokens } from 'cloudflare/resources/user/tokens/tokens';
import { BaseZones } from 'cloudflare/resources/zones/zones';
import { createClient } from 'cloudflare/tree-shakable';
import type { Clock } from '@apployd/core/clock';
import { withinDeadline } from '@apployd/core/deadline';
import type { Dns, DnsRecord } from './dns.js';
import { patiently } from './cloudflare-patience.js';
import { isSame, planned, type There } from './planned.js';

export type CloudflareOptions = {
  readonly token: string;
  readonly clock: Clock;
  /** Instead of Cloudflare's own. */
  readonly url?: string;
};

export type CloudflareDnsOptions = CloudflareOptions & {
  /** What the comments of records say that were set here: the same for all engines of a platform, for good. */
  readonly mark: string;
};

/** Records change within a minute: what they say may be taken back. */
const ttl = 60;
const timeoutMs = 10_000;

type Client = ReturnType<typeof open>;
type Zone = { readonly id: string; readonly permissions: readonly string[] };
/** What every call is made with. */
type Call = { readonly client: Client; readonly clock: Clock; readonly signal: AbortSignal };
/** Where records are looked for. */
type Place = { readonly zone_id: string; readonly mark: string };

/** Zones at Cloudflare, by a token that may edit the DNS of them. */
export function cloudflareDns({ token, clock, url, mark }: CloudflareDnsOptions): Dns {
  const client = open(token, url);
  const zones = new Map<string, Promise<Zone>>();

  const zoneOf = async (name: string, call: Call): Promise<Zone> => {
    const known = zones.get(name) ?? findZone(name, call);
    zones.set(name, known);
    // What failed is asked again by the next one.
    known.catch(() => zones.delete(name));
    if (zones.size > mostKnown) zones.clear();
    return known;
  };

  return {
    // Asked anew each time: a zone may have been taken away, and may have come.
    covers: async (name, signal) => {
      const zone = await lookForZone(name, { client, clock, signal });
      return zone !== null && mayEdit(zone);
    },
    ensure: async (records, signal) => {
      const [first] = records;
      if (!first) return;
      const call = { client, clock, signal };
      const { id: zone_id } = await zoneOf(first.name, call);
      await ensureRecords(call, { zone_id, mark }, first.name, records);
    },
    remove: async (record, signal) => {
      const call = { client, clock, signal };
      const place = { zone_id: (await zoneOf(record.name, call)).id, mark };
      const there = await recordsAt(call, place, record.name);
      for (const one of there) if (one.isOurs && isSame(one, record)) await drop(call, place, one);
    },
  };
}

const mostKnown = 10_000;

/** Throws what is wrong with a token: it is no live one, or may not edit the zone in which this name is. */
export async function checkCloudflareToken(
  { token, clock, url }: CloudflareOptions,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const call = { client: open(token, url), clock, signal };
  const { status } = await ask(call, ({ client }, options) => client.user.tokens.verify(options));
  if (status !== 'active') throw new Error(`The token of ENGINE_CLOUDFLARE_TOKEN is ${status}: make a new one.`);
  if (mayEdit(await findZone(name, call))) return;
  throw new Error(`The token of ENGINE_CLOUDFLARE_TOKEN may not edit the DNS of ${name}: give it "Zone, DNS, Edit".`);
}

function open(apiToken: string, baseURL?: string) {
  const resources = [BaseRecords, BaseZones, BaseTokens] as const;
  // How long to wait before another try is decided here: its own waiting cannot be ended.
  return createClient({ apiToken, baseURL, resources, maxRetries: 0, timeout: timeoutMs });
}

/** Cloudflare does not say it of every token. */
const mayEdit = ({ permissions }: Zone) => permissions.length === 0 || permissions.includes('#dns_records:edit');

async function findZone(name: string, call: Call): Promise<Zone> {
  const zone = await lookForZone(name, call);
  if (zone) return zone;
  throw new Error(`No zone that the token of ENGINE_CLOUDFLARE_TOKEN may see has ${name} in it.`);
}

/** The zone in which a name is: the longest of which the token knows. */
async function lookForZone(name: string, call: Call): Promise<Zone | null> {
  const labels = name.replace(/^\*\./, '').split('.');
  for (let from = 0; from < labels.length - 1; from += 1) {
    const zoneName = labels.slice(from).join('.');
    const page = await ask(call, ({ client }, options) => client.zones.list({ name: zoneName, per_page: 5 }, options));
    const zone = page.result.find((one) => one.name === zoneName);
    if (zone) return { id: zone.id, permissions: zone.permissions ?? [] };
  }
  return null;
}

/** What is in the way goes first: beside an alias the provider takes nothing. */
async function ensureRecords(call: Call, place: Place, name: string, records: readonly DnsRecord[]): Promise<void> {
  const { kept, changed, dropped, created } = planned(records, await recordsAt(call, place, name));
  for (const one of dropped) await drop(call, place, one);
  const differs = kept.filter(({ one, record }) => one.isOurs && one.isProxied !== isProxied(record));
  for (const { one, record } of [...changed, ...differs]) await change(call, place, one, record);
  for (const record of created) await create(call, place, record);
}

async function change(call: Call, { zone_id, mark }: Place, { id }: Found, record: DnsRecord): Promise<void> {
  const body = { zone_id, ...bodyOf(record, mark) };
  await ask(call, ({ client }, options) => client.dns.records.update(id, body, options));
}

async function create(call: Call, { zone_id, mark }: Place, record: DnsRecord): Promise<void> {
  const body = { zone_id, ...bodyOf(record, mark) };
  await ask(call, ({ client }, options) => client.dns.records.create(body, options)).catch((error: unknown) => {
    if (!isThereAlready(error)) throw error;
  });
}

/** Another engine was at it at the same moment. */
function isThereAlready(error: unknown): boolean {
  return error instanceof APIError && error.errors.some(({ code }) => code === identicalRecord);
}

const identicalRecord = 81_058;

/** One that is gone meanwhile is what was wanted. */
async function drop(call: Call, { zone_id }: Place, { id }: Found): Promise<void> {
  await ask(call, ({ client }, options) => client.dns.records.delete(id, { zone_id }, options)).catch(
    (error: unknown) => {
      if (!(error instanceof APIError) || error.status !== 404) throw error;
    },
  );
}

type Found = There & { readonly id: string; readonly isProxied: boolean };

/** A name has few records, but a TXT may stand beside any number of others. */
const mostPages = 20;

async function recordsAt(call: Call, { zone_id, mark }: Place, name: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const query = { zone_id, name: { exact: name }, page, per_page: perPage };
    const { result } = await ask(call, ({ client }, options) => client.dns.records.list(query, options));
    found.push(...result.map((one) => foundOf(one, mark)));
    if (result.length < perPage) return found;
  }
  throw new Error(`${name} has more records than anybody needs.`);
}

const perPage = 100;

function foundOf({ id, type, content, proxied, comment }: RecordResponse, mark: string): Found {
  return { id, type, content: unquoted(content ?? ''), isProxied: proxied ?? false, isOurs: comment === mark };
}

/** Texts stand in quotes, at Cloudflare as in files of zones. */
const unquoted = (content: string) => content.replace(/^"(.*)"$/s, '$1');

const isProxied = ({ type, isProxied: wanted = false }: DnsRecord) => type !== 'TXT' && wanted;

function bodyOf(record: DnsRecord, comment: string) {
  const { type, name, content } = record;
  if (type === 'TXT') return { type, name, content: `"${content}"`, ttl, comment } as const;
  // Of what is proxied, Cloudflare itself chooses the time: 1 says so.
  return isProxied(record)
    ? { type, name, content, ttl: 1, proxied: true, comment }
    : { type, name, content, ttl, proxied: false, comment };
}

function ask<T>(
  call: Call,
  question: (call: Call, options: { readonly signal: AbortSignal }) => PromiseLike<T>,
): Promise<T> {
  // Its client does not let go of a signal: each call has one of its own.
  const once = () => withinDeadline(call.signal, timeoutMs, async (signal) => question(call, { signal }));
  return patiently(call.clock, call.signal, once);
}
