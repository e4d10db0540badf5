import { DeploymentFailure } from '@apployd/core/failure';
import type { JobName } from '@apployd/core/job';
import type { JobHandlers, Worker } from '@apployd/backplane/jobs/jobs';
import { deploy } from './deploy/deploy.js';
import { giveUp } from './deploy/give-up.js';
import { retire } from './deploy/retire.js';
import { seePaymentEvent } from './billing/see-payment-event.js';
import { settleBilling } from './billing/settle.js';
import { checkDomain } from './domain/check.js';
import type { Engine } from './engine.js';
import { bringBack } from './instance/bring-back.js';
import { resize } from './instance/resize.js';
import { stopEnvironment } from './instance/stop-environment.js';
import { inTurn } from './in-turn.js';
import { sendMail } from './mail/send-mail.js';
import { eraseEnvironment } from './environment/erase.js';
import { eraseProject } from './project/erase.js';

const lookers = 4;
/** Nearly all of it is waiting for apps that start: what takes long there is not to keep others down. */
const atOnceBroughtBack = 200;

/** Does what is asked for, until closed. A job name without work does not compile. */
export function startWorker(engine: Engine, concurrency: number): Promise<Worker> {
  const oneByOne = inTurn();
  const handlers: JobHandlers = {
    deploy: (id, { signal }) => oneByOne(id, () => deploy(engine, id, signal)),
    retire: (id) => retire(engine, id),
    'bring-back': (id, { signal }) => bringBack(engine, id, signal),
    resize: (id, { signal }) => resize(engine, id, signal),
    stop: (id, { signal }) => stopEnvironment(engine, id, signal),
    erase: (id, { signal }) => eraseProject(engine, id, signal),
    'erase-environment': (id, { signal }) => eraseEnvironment(engine, id, signal),
    'check-domain': (id, { signal }) => checkDomain(engine, id, signal),
    'payment-event': (id) => seePaymentEvent(engine, id),
    'settle-billing': async (id) => void (await settleBilling(engine, id)),
    mail: (id, { signal }) => sendMail(engine, id, signal),
  };
  return engine.jobs.work(handlers, {
    concurrency,
    // Slots bound what is deployed at once, and places what starts; those who wait for theirs keep nobody else waiting.
    more: { deploy: lookers, 'bring-back': atOnceBroughtBack },
    attempts: 5,
    onFailed: (name, id, error, last) => onFailed(engine, name, id, error, last),
  });
}

async function onFailed(engine: Engine, name: JobName, id: string, error: unknown, last: boolean): Promise<void> {
  engine.log.error({ err: error, job: name, id, last }, 'job failed');
  if (name !== 'deploy' || !last) return;
  await giveUp(
    engine,
    id,
    new DeploymentFailure('INTERNAL', 'QUEUE', 'Something of ours broke. Deploy again; the operator has the details.'),
  );
}
