import type { Context } from '../context.js';

/** Whether it is real money that is taken; null where nothing is for sale. */
export async function paymentMode({ payments }: Pick<Context, 'payments'>): Promise<boolean | null> {
  return (await payments?.())?.isLive ?? null;
}
