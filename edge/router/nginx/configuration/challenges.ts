import { quote } from '../quote.js';
import type { NginxSettings } from './settings.js';

/** Where the edge answers authorities. */
export const challengePool = ({ tls }: NginxSettings) =>
  tls === null
    ? ''
    : `
    upstream apployd_challenges {
        server ${quote(`unix:${tls.challenges}`)};
    }`;

export function challengePlace({ tls }: NginxSettings): string {
  if (!tls) return '';
  return `        location @challenge {
            proxy_pass http://apployd_challenges;
        }`;
}
