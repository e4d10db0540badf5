import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  BillingCheckoutOpenDocument,
  BillingDocument,
  BillingEndingSetDocument,
  BillingOverageSetDocument,
  BillingPlanChangeDocument,
  BillingPortalOpenDocument,
  InvoiceListDocument,
} from './generated/operations.js';
import type {
  BillingCheckoutOpenInput,
  BillingCheckoutOpenMutation,
  BillingEndingSetInput,
  BillingEndingSetMutation,
  BillingOverageSetInput,
  BillingOverageSetMutation,
  BillingFragment,
  BillingPlanChangeInput,
  BillingPlanChangeMutation,
  BillingPortalOpenInput,
  BillingPortalOpenMutation,
  InvoiceFragment,
  OrganizationRef,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { PayloadOf, ResultOf } from './types.js';

/** Which of the invoices: so many, older than the one with this id. */
export type InvoicesOptions = RequestOptions & { readonly first?: number; readonly after?: string };

/** What an organization pays for. For its owners and those with the role BILLING; changes by session alone. */
export interface Billing {
  /** How its subscription is; null when your role may not see it. Throws NotFoundError. */
  get(by: OrganizationRef, options?: RequestOptions): Promise<BillingFragment | null>;
  /** The newest first; null when your role may not see them, or Stripe does not answer just now. Throws NotFoundError. */
  invoices(
    by: OrganizationRef,
    options?: InvoicesOptions,
  ): Promise<{ readonly invoices: readonly InvoiceFragment[]; readonly hasMore: boolean } | null>;
  /**
   * The page on which a subscription begins. Throws NotFoundError, ForbiddenError, InvalidStateError (there is one, or nothing is
   * for sale), QuotaExceededError and PlanLimitError (its projects hold more), CapacityError (Stripe does not answer just now).
   */
  openCheckout(
    input: BillingCheckoutOpenInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<BillingCheckoutOpenMutation>>;
  /** The page for cards and addresses, on which what is owed is paid. Throws NotFoundError, ForbiddenError, InvalidStateError, CapacityError. */
  openPortal(input: BillingPortalOpenInput, options?: KeyedOptions): Promise<PayloadOf<BillingPortalOpenMutation>>;
  /**
   * Another plan; with `preview` only what it costs. Throws ValidationError, NotFoundError, ForbiddenError, InvalidStateError,
   * QuotaExceededError and PlanLimitError (its projects hold more), PaymentRequiredError (the card was refused), CapacityError.
   */
  changePlan(input: BillingPlanChangeInput, options?: KeyedOptions): Promise<PayloadOf<BillingPlanChangeMutation>>;
  /** Has it end with its period, or go on after all. Throws NotFoundError, ForbiddenError, InvalidStateError, CapacityError. */
  setEnding(input: BillingEndingSetInput, options?: KeyedOptions): Promise<PayloadOf<BillingEndingSetMutation>>;
  /**
   * Buys bandwidth beyond the pool up to a cap, or none any more: for owners. Throws ValidationError, NotFoundError,
   * ForbiddenError, InvalidStateError (there is no subscription, or none is sold), CapacityError.
   */
  setOverage(input: BillingOverageSetInput, options?: KeyedOptions): Promise<PayloadOf<BillingOverageSetMutation>>;
}

export interface TryBilling {
  openCheckout(input: BillingCheckoutOpenInput, options?: KeyedOptions): Promise<ResultOf<BillingCheckoutOpenMutation>>;
  openPortal(input: BillingPortalOpenInput, options?: KeyedOptions): Promise<ResultOf<BillingPortalOpenMutation>>;
  changePlan(input: BillingPlanChangeInput, options?: KeyedOptions): Promise<ResultOf<BillingPlanChangeMutation>>;
  setEnding(input: BillingEndingSetInput, options?: KeyedOptions): Promise<ResultOf<BillingEndingSetMutation>>;
  setOverage(input: BillingOverageSetInput, options?: KeyedOptions): Promise<ResultOf<BillingOverageSetMutation>>;
}

export function tryBilling({ mutate }: Calls): TryBilling {
  return {
    openCheckout: (input, options) => mutate(BillingCheckoutOpenDocument, { input: keyed(input, options) }, options),
    openPortal: (input, options) => mutate(BillingPortalOpenDocument, { input: keyed(input, options) }, options),
    changePlan: (input, options) => mutate(BillingPlanChangeDocument, { input: keyed(input, options) }, options),
    setEnding: (input, options) => mutate(BillingEndingSetDocument, { input: keyed(input, options) }, options),
    setOverage: (input, options) => mutate(BillingOverageSetDocument, { input: keyed(input, options) }, options),
  };
}

const usualInvoices = 20;

export function billing({ request }: Calls, attempt: TryBilling): Billing {
  return {
    get: async (by, options) => {
      const { organization } = await request(BillingDocument, { by }, options);
      return found(organization, 'organization', by.id ?? by.slug).billing;
    },
    invoices: async (by, { first = usualInvoices, after, ...options }: InvoicesOptions = {}) => {
      const { organization } = await request(InvoiceListDocument, { by, first, after }, options);
      return found(organization, 'organization', by.id ?? by.slug).billing?.invoices ?? null;
    },
    openCheckout: async (...call) => unwrap(await attempt.openCheckout(...call)),
    openPortal: async (...call) => unwrap(await attempt.openPortal(...call)),
    changePlan: async (...call) => unwrap(await attempt.changePlan(...call)),
    setEnding: async (...call) => unwrap(await attempt.setEnding(...call)),
    setOverage: async (...call) => unwrap(await attempt.setOverage(...call)),
  };
}
