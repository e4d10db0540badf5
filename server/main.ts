import { openBackplane } from '@apployd/backplane/open-backplane';
import { openPaymentEvents, openPayments } from '@apployd/backplane/payments/open-payments';
import { runProcess } from '@apployd/backplane/process/run-process';
import { refuseWrongSecret } from '@apployd/backplane/secret-box/refuse-wrong-secret';
import { createApp } from './app.js';
import { readConfig } from './config.js';
import { requireDefaultPlan } from './plan/require-default.js';

await runProcess('server', {
  readConfig: () => readConfig(),
  start: async (config, log) => {
    const backplane = await openBackplane(config, {
      name: 'server',
      log,
      connections: config.SERVER_DATABASE_CONNECTIONS,
    });
    await requireDefaultPlan(backplane.db, config.SERVER_DEFAULT_PLAN);
    const app = createApp({
      ...backplane,
      payments: openPayments(config),
      readPaymentEvent: openPaymentEvents(config.STRIPE_WEBHOOK_SECRETS),
      settings: config,
    });
    const close = async () => {
      await app.close();
      await backplane.close();
    };
    try {
      await refuseWrongSecret(backplane.db, backplane.secretBox, log);
      return { url: await app.listen({ host: config.SERVER_HOST, port: config.SERVER_PORT }), close };
    } catch (error) {
      await close();
      throw error;
    }
  },
});
