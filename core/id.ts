/**
 * Ids: UUIDv7 in the database (sorted by birth, made in the application), a typed text outside:
 * `dpl_` and the 128 bits in Crockford's base 32, as https://github.com/jetify-com/typeid does.
 */

const prefixes = {
  User: 'usr',
  Session: 'ses',
  Organization: 'org',
  Invitation: 'inv',
  ApiToken: 'tok',
  AuditEvent: 'aud',
  Plan: 'pln',
  Project: 'prj',
  Environment: 'env',
  Allocation: 'alc',
  Deployment: 'dpl',
  Release: 'rel',
  Instance: 'ins',
  Server: 'srv',
  Upload: 'upl',
  ProjectEvent: 'evt',
  OrganizationEvent: 'oev',
  Volume: 'vol',
  Domain: 'dom',
} as const;

/** A kind of object that has an id of its own outside. */
export type IdKind = keyof typeof prefixes;

const kinds = new Map<string, IdKind>(Object.entries(prefixes).map(([kind, prefix]) => [prefix, kind as IdKind]));
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const encodedLength = 26;

/** A new UUIDv7: 48 bits of milliseconds, then random bits. */
export function newId(atMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(atMs / 2 ** 32));
  view.setUint32(2, atMs % 2 ** 32);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  return dashed(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** The id as it is shown outside, such as `dpl_01jd…`. */
export function publicId(kind: IdKind, id: string): string {
  const digits = id.replaceAll('-', '');
  // 26 letters hold 130 bits: the first two are none.
  let text = `${prefixes[kind]}_`;
  let [bits, count] = [0, 2];
  for (let at = 0; at < digits.length; at += 1) {
    const code = digits.charCodeAt(at);
    // 0 to 9 as they are; letters begin with 1 in their low four bits.
    bits = (bits << 4) | ((code & 15) + (code > 57 ? 9 : 0));
    count += 4;
    if (count < 5) continue;
    count -= 5;
    text += alphabet.charAt(bits >> count);
    bits &= (1 << count) - 1;
  }
  return text;
}

/** What an outside id names, or null when it is not one of ours. */
export function parsePublicId(text: string): { readonly kind: IdKind; readonly id: string } | null {
  const [prefix = '', encoded = '', ...rest] = text.split('_');
  const kind = kinds.get(prefix);
  if (!kind || rest.length > 0 || encoded.length !== encodedLength) return null;
  let bits = 0n;
  for (const letter of encoded) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return null;
    bits = (bits << 5n) | BigInt(value);
  }
  if (bits >= 1n << 128n) return null;
  return { kind, id: dashed(bits.toString(16).padStart(32, '0')) };
}

/** The UUID behind an outside id of this kind, or null. */
export function idOf(kind: IdKind, text: string): string | null {
  const parsed = parsePublicId(text);
  return parsed?.kind === kind ? parsed.id : null;
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
