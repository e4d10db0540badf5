import { shortestMasked } from '@apployd/core/variable';

/** A line of a secret, and what it is in base64, is looked for from this length on: shorter ones are too common. */
const shortestPart = 8;
/** What is longer is a file rather than a password, and is looked for as it is. */
const mostEncodedLength = 8 * 1024;
/** All encoded forms together, those of short secrets first. */
const mostEncoded = 4 * 1024 * 1024;

/**
 * How secrets may appear in an output: as they are, their longer lines one by one, and encoded as base64 (also within
 * something that was encoded as a whole), for a URL or for JSON. Those that are too short to be masked are left out.
 */
export function secretForms(secrets: readonly string[]): ReadonlySet<string> {
  const forms = new Set<string>();
  const add = (some: readonly string[], shortest: number) => {
    for (const form of some) if (form.length >= shortest) forms.add(form);
  };
  let room = mostEncoded;
  const shortFirst = [...new Set(secrets)].sort((a, b) => a.length - b.length);
  for (const secret of shortFirst.filter(({ length }) => length >= shortestMasked)) {
    add([secret, secret.trim()], shortestMasked);
    add(linesOf(secret), shortestPart);
    if (secret.length > mostEncodedLength || room <= 0) continue;
    const bytes = Buffer.from(secret, 'utf8');
    const [escaped, base64] = [[...inUrl(bytes.toString('utf8')), ...inJson(secret)], inBase64(bytes)];
    add(escaped, shortestMasked);
    add(base64, shortestPart);
    room -= [...escaped, ...base64].reduce((sum, { length }) => sum + length, 0);
  }
  return forms;
}

function linesOf(secret: string): string[] {
  return secret.split(/\r?\n/).map((line) => line.trim());
}

/** Within a URL, and within a form that is posted; some write hexadecimal digits in small letters. */
function inUrl(secret: string): string[] {
  const forms = [encodeURIComponent(secret), new URLSearchParams({ a: secret }).toString().slice(2)];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** Some escape slashes as well, and some all that is not ASCII. */
function inJson(secret: string): string[] {
  const form = JSON.stringify(secret).slice(1, -1);
  const ascii = form.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [form, form.replaceAll('/', '\\/'), ascii];
}

/** Where lines of base64 are broken, by PEM and by MIME. */
const columns = [64, 76];

/** In both alphabets; alone, in lines, and within something longer. */
function inBase64(secret: Buffer): string[] {
  const alone = secret.toString('base64');
  const lines = columns.flatMap(
    (width) => (alone.length > width ? alone.match(new RegExp(`.{1,${width}}`, 'g')) : []) ?? [],
  );
  const forms = [alone, ...lines, ...[0, 1, 2].map((bytesBefore) => withinBase64(secret, bytesBefore))];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/**
 * The characters that depend on the secret alone. Three bytes make four characters, so that the same secret has three
 * looks, by how many bytes are in front of it.
 */
function withinBase64(secret: Buffer, bytesBefore: number): string {
  const encoded = Buffer.concat([Buffer.alloc(bytesBefore), secret]).toString('base64');
  return encoded.slice(Math.ceil((bytesBefore * 8) / 6), Math.floor(((bytesBefore + secret.length) * 8) / 6));
}
