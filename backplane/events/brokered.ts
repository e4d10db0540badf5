import { topics, type Topic } from '@apployd/core/topic';
import type { Logger } from '../log/logger.js';
import { settlesWithin } from '../within.js';
import type { Events } from './events.js';
import { fanOut } from './fan-out.js';

/** What carries hints between processes. */
export type Broker = {
  /** Rejects when the hints could not be handed over. */
  send(hints: readonly Hint[]): Promise<void>;
  /** From the time it resolves on, the topic's hints come through `onHint`. It may wait as long as the broker is away. */
  subscribe(topic: Topic): Promise<void>;
  close(): Promise<void>;
};

type Hint = { readonly topic: Topic; readonly id: string };

export type BrokerEvents = {
  onHint(topic: string, id: string): void;
  /** The connection is there again; hints may have been lost meanwhile. */
  onBack(): void;
};

const mostUnsent = 10_000;
const answerMs = 5_000;

/** Events over a broker: one subscription per topic and process, whatever the number of listeners. */
export function brokeredEvents(connect: (events: BrokerEvents) => Broker, log: Logger): Events {
  const hints = fanOut();
  const broker = connect({
    onHint: (topic, id) => isTopic(topic) && hints.deliver(topic, id),
    onBack: () => hints.wakeAll(),
  });
  const subscriptions = new Map<Topic, Promise<void>>();
  const unsent = new Map<string, Hint>();
  let sending: Promise<void> | null = null;
  let closed = false;

  /** One batch is under way at a time; what is published meanwhile melts into the next. */
  async function sendAll(): Promise<void> {
    while (unsent.size > 0) {
      const batch = [...unsent.values()];
      unsent.clear();
      await broker
        .send(batch)
        .catch((error: unknown) => log.warn({ err: error, lost: batch.length }, 'Hints were lost.'));
    }
    sending = null;
  }

  function subscribe(topic: Topic): Promise<void> {
    const known = subscriptions.get(topic);
    if (known) return known;
    const subscribing = broker.subscribe(topic);
    subscriptions.set(topic, subscribing);
    subscribing.catch((error: unknown) => {
      subscriptions.delete(topic);
      if (!closed) log.warn({ err: error, topic }, 'Could not listen; slow timers have to do.');
    });
    return subscribing;
  }

  return {
    publish(topic, id) {
      if (closed || unsent.size >= mostUnsent) return log.warn({ topic, id }, 'A hint was lost.');
      unsent.set(`${topic} ${id}`, { topic, id });
      sending ??= Promise.resolve().then(sendAll);
    },
    async listen(topic, id, signal) {
      const heard = hints.listen(topic, id, signal);
      const subscribing = subscribe(topic);
      const inTime = await settlesWithin(answerMs, subscribing);
      if (!inTime) subscribing.then(hints.wakeAll, () => undefined);
      return heard;
    },
    async close() {
      closed = true;
      if (sending) await settlesWithin(1_000, sending);
      hints.close();
      await broker.close();
    },
  };
}

function isTopic(text: string): text is Topic {
  return (topics as readonly string[]).includes(text);
}
