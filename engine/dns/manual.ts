import type { Logger } from '@apployd/backplane/log/logger';
import type { Dns } from './dns.js';

/** For names that people see to: each record that is to be there, or to go, is said in the log, and none is set here. */
export function manualDns(log: Pick<Logger, 'info'>): Dns {
  return {
    covers: async () => false,
    ensure: async (records) => {
      for (const { type, name, content } of records) log.info({ type, name, content }, 'set this DNS record');
    },
    remove: async ({ type, name, content }) => log.info({ type, name, content }, 'this DNS record may be removed'),
  };
}
