import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { bareName, challengeName, isWildcard } from '@apployd/core/domain';
import { normalHostname } from '@apployd/core/hostname';
import type { FieldIssue } from '@apployd/core/refusal';
import { parse } from 'tldts';

/** As long as a name may be, what stands before the proof's included. */
const longest = 253 - challengeName('').length;

export type Read =
  | { readonly name: string; readonly issue: null }
  | { readonly name: null; readonly issue: FieldIssue };

/**
 * A name as it is kept and compared: in ASCII and small letters, without a dot at its end; or what is wrong with it.
 * Spellings of one name are one name.
 */
export function readName(typed: string, taken: { readonly base: string; readonly platform: string }): Read {
  const problem = (rule: string, message: string): Read => ({ name: null, issue: { path: ['name'], rule, message } });
  const text = typed.trim();
  // Of an address, the function would take the host alone.
  const bare = hasMore.test(text) ? '' : domainToASCII(bareName(text)).replace(/\.$/, '');
  const name = isWildcard(text) ? `*.${bare}` : bare;
  if (!isHostname(bare) || name.length > longest) return problem('INVALID_FORMAT', notAName);
  const { publicSuffix, domain } = parse(bare, { allowPrivateDomains: true });
  if (domain === null || bare === publicSuffix) {
    return problem('NOT_ALLOWED', `${bare} is nobody's own: others have their names below it. Take one of yours.`);
  }
  const [base, platform] = [normalHostname(taken.base), normalHostname(taken.platform)];
  if (bare === platform || bare === base || bare.endsWith(`.${base}`)) {
    return problem('RESERVED', `${name} is the platform's own. Take a name of yours.`);
  }
  return { name, issue: null };
}

const notAName =
  'A domain is a host name such as example.com, www.example.com or *.example.com: letters, digits and dashes between dots, without a scheme, port or path, and no address.';

const hasMore = /[/?#\\@:]/;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function isHostname(text: string): boolean {
  const labels = text.split('.');
  return labels.length > 1 && labels.every((one) => label.test(one)) && isIP(text) === 0;
}
