import type { Money, Standing } from '@apployd/core/billing';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Billing } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { Deeds } from './deeds.js';
import type { LockedOrganization } from './lock-organization.js';

/** What is done to one organization in one transaction, and what it is done by. */
export type Scene = {
  readonly engine: Engine;
  readonly tx: Transaction;
  readonly organization: LockedOrganization;
  /** As it was, with what Stripe says now. */
  readonly billing: Billing;
  readonly standing: Standing;
  /** Since when a payment is owed, where Stripe says so. */
  readonly owedSince: Date | null;
  /** What Stripe charges for a gigabyte beyond the pool; null: nothing. */
  readonly overagePrice: Money | null;
  /** When it was last looked at, where it was paid then. */
  readonly lastPaid: Date | null;
  readonly now: Date;
  readonly deeds: Deeds;
};
