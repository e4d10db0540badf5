import { normalHostname } from '@apployd/core/hostname';
import type { Certificate } from '../router.js';

/** As what Nginx is told of it: words with single spaces between. */
export const certifyLine = ({ hostname, chain, key, notAfter }: Certificate): string =>
  ['put', nameOf(hostname), Math.floor(notAfter.getTime() / 1_000), base64(chain), base64(key)].join(' ');

export const decertifyLine = (hostname: string): string => `forget ${nameOf(hostname)}`;

/** A host name, or `*` before one, and nothing that could be taken for more than one word. */
export function nameOf(hostname: string): string {
  const name = normalHostname(hostname);
  if (!/^(?:\*\.)?[a-z0-9._-]+$/.test(name)) throw new Error(`${JSON.stringify(hostname)} is no host name.`);
  return name;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
