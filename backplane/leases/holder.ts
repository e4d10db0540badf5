import { randomUUID } from 'node:crypto';

/** Who holds a lease: this time, and in whose name. Whoever has no name is nobody's successor. */
export const newHolder = (owner: string | undefined): string =>
  `${randomUUID()}${owner === undefined ? '' : `/${owner}`}`;

/** Where in a holder its owner's name begins, counted from 1. */
export const ownerAt = 38;
