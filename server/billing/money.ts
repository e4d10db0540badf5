import type { Money } from '@apployd/core/billing';
import { builder } from '../builder.js';

export const MoneyRef = builder.objectRef<Money>('Money').implement({
  description: 'An amount of money.',
  fields: (t) => ({
    amountMinor: t.expose('amountMinor', {
      type: 'SafeInt',
      description: "In the currency's smallest unit, such as cents.",
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217, such as EUR.' }),
  }),
});

export const MoneyInput = builder.inputType('MoneyInput', {
  description: 'An amount of money.',
  fields: (t) => ({
    amountMinor: t.int({ required: true, description: "In the currency's smallest unit, such as cents." }),
    currency: t.string({ required: true, description: 'ISO 4217, such as EUR.' }),
  }),
});
