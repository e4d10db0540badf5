import type { BillingInterval, BillingStatus, Money, Offer } from '@apployd/core/billing';

/** Who takes the money. Nothing of a card ever comes here: people give it to whoever stands behind this, on their pages. */
export interface Payments {
  /** Its account is for real money, rather than for tests. */
  readonly isLive: boolean;
  /** The organization's customer there: the same for the same organization. */
  ensureCustomer(customer: NewCustomer): Promise<string>;
  /** False when the customer was deleted there, or is another account's. */
  hasCustomer(customerId: string): Promise<boolean>;
  /** What the customer has and had of our plans, as it is now: what counts first. */
  subscriptions(customerId: string): Promise<readonly SubscriptionState[]>;
  /** The page on which a subscription is bought: one that is open for just that, or a new one. Others can be used no longer. */
  openCheckout(checkout: NewCheckout): Promise<string>;
  /** The page on which a person sees to cards, addresses and invoices. */
  openPortal(portal: PortalVisit): Promise<string>;
  /** What a change costs, without making it. */
  preview(change: PlanChange): Promise<ChangePreview>;
  /** Makes a change, whole or not at all when the payment that it takes is refused. */
  change(change: PlanChange & Named): Promise<void>;
  /** Has it end with the time that is paid for, or go on after all: without any change that was to come. */
  setEnding(ending: { readonly subscriptionId: string; readonly ends: boolean } & Named): Promise<void>;
  /**
   * The subscription is charged for what is reported of its customer beyond the pool, from now on. Gives what a gigabyte is
   * charged at: what is offered, or what it was sold for before where something was reported in this period; refuses where it
   * is not sold at what is offered.
   */
  sellOverage(sale: OverageSale): Promise<Money>;
  /** Counts a report once, however often it comes within a day, and of whichever moment. */
  reportOverage(report: OverageReport): Promise<void>;
  /** The newest first. */
  invoices(page: InvoiceQuery): Promise<InvoicePage>;
}

/** Payments, which are loaded when the first asks for them: Stripe's client is large, and most processes never pay. */
export type OpenPayments = () => Promise<Payments>;

/** Asked again with the same key it has one effect. */
export type Keyed = { readonly key: string };

/** A change whose key the subscription carries from then on. One that was refused is tried again as another attempt. */
export type Named = Keyed & {
  readonly attempt?: number;
  /** Asked right before each request that changes something, which it forbids by an error. */
  readonly hold?: Hold;
};

export type Hold = () => Promise<void>;

export type NewCustomer = {
  readonly organizationId: string;
  readonly name: string;
  readonly email: string | null;
  /** The customer that it was before. */
  readonly replaces?: string | null;
};

export const portalPages = ['HOME', 'PAYMENT_METHOD'] as const;

export type PortalVisit = {
  readonly customerId: string;
  readonly returnUrl: string;
  readonly page: (typeof portalPages)[number];
};

/** With the price that was shown for it: refused where Stripe sells it at another. */
export type ShownOffer = Offer & { readonly price?: Money };

export type NewCheckout = Keyed & {
  readonly customerId: string;
  readonly offer: ShownOffer;
  readonly trialDays: number;
  readonly isTaxed: boolean;
  readonly returnUrl: string;
};

export type PlanChange = {
  readonly subscriptionId: string;
  readonly offer: ShownOffer;
  readonly begins: 'NOW' | 'PERIOD_END';
  /** Up to when the old plan counts, where it begins now: what a preview said. */
  readonly at: Date;
};

export type ChangePreview = {
  /** What is to be paid at once; less than nothing: what is credited. */
  readonly dueNow: Money;
  /** How that comes about, in this order: they sum up to it. */
  readonly parts: readonly ChangePart[];
  /** What each period costs from then on. */
  readonly recurring: Money;
  readonly effectiveAt: Date;
};

export const changePartKinds = ['LINE', 'DISCOUNT', 'TAX', 'CREDIT'] as const;

export type ChangePart = {
  /** LINE: a price, or what is left of one. CREDIT: what was credited before, taken off. */
  readonly kind: (typeof changePartKinds)[number];
  /** What Stripe calls a line; null for what its kind says. */
  readonly description: string | null;
  readonly amount: Money;
};

export type OverageSale = Keyed & {
  readonly subscriptionId: string;
  readonly interval: BillingInterval;
  /** What a gigabyte is offered for. */
  readonly price: Money;
  /** Something was reported in this period: what it was sold for holds until the period is over, whether more or less. */
  readonly isUsed: boolean;
  /** Asked right before each request that changes something, which it forbids by an error. */
  readonly hold?: Hold;
};

/** So many whole gigabytes were sent beyond the pool. */
export type OverageReport = {
  readonly id: string;
  readonly customerId: string;
  readonly gigabytes: number;
  /** Not longer ago than 35 days. */
  readonly at: Date;
};

export type SubscriptionState = {
  readonly id: string;
  readonly status: BillingStatus;
  /** Null: what is paid for is no plan of ours. */
  readonly offer: Offer | null;
  /** What each of its intervals is charged at, which need not be what it is sold for now; null: not a plain amount. */
  readonly price: Money | null;
  readonly createdAt: Date;
  readonly currentPeriodStart: Date;
  readonly currentPeriodEnd: Date;
  readonly trialEndsAt: Date | null;
  /** It ends then. */
  readonly cancelAt: Date | null;
  /** What it is from the next period on, where that is something else. */
  readonly scheduled: Offer | null;
  /** Since when a payment is owed. */
  readonly unpaidSince: Date | null;
  /** What a gigabyte beyond the pool is charged at; null: nothing is charged for it. */
  readonly overagePrice: Money | null;
  /** Keys of the changes that were made last: of what it is, and of what it is to become. */
  readonly changeIds: readonly string[];
};

export const invoiceStatuses = ['DRAFT', 'OPEN', 'PAID', 'UNCOLLECTIBLE', 'VOID'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

export type Invoice = {
  readonly id: string;
  readonly number: string | null;
  readonly status: InvoiceStatus;
  readonly total: Money;
  readonly createdAt: Date;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  /** Where it can be looked at, and paid. */
  readonly url: string | null;
  readonly pdfUrl: string | null;
};

export type InvoiceQuery = {
  readonly customerId: string;
  readonly first: number;
  /** Id of an invoice: only those that are older. */
  readonly after: string | null;
};
export type InvoicePage = { readonly invoices: readonly Invoice[]; readonly hasMore: boolean };

/** What whoever takes the money calls in: a hint, to look at what it is about. */
export type PaymentEvent = {
  readonly id: string;
  readonly type: string;
  readonly isLive: boolean;
  readonly customerId: string | null;
};

/** Reads what is called in; null when it was not signed with one of our secrets, or too long ago. */
export type ReadPaymentEvent = (body: Buffer, signature: string) => Promise<PaymentEvent | null>;

/** What is sold there. */
export interface Catalogue {
  read(): Promise<readonly CatalogueEntry[]>;
  /** Makes it so: the plan's product with this name, and these prices under their lookup keys. */
  put(plan: CataloguePlan): Promise<void>;
  /** Nobody can buy the plan any more; who has it keeps it. */
  withdraw(offer: Offer): Promise<void>;
  /** What a gigabyte of bandwidth beyond the pool is sold for; null: none is. */
  readOverage(): Promise<Money | null>;
  /** Makes it so: the meter, and its prices. */
  putOverage(price: Money | null): Promise<void>;
}

export type CataloguePlan = {
  readonly code: string;
  readonly name: string;
  readonly prices: Readonly<Record<BillingInterval, Money | null>>;
};
/** One price that is for sale. */
export type CatalogueEntry = Offer & { readonly name: string; readonly price: Money };
