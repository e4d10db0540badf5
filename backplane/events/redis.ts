import { openRedis } from '../redis/open-redis.js';
import type { Logger } from '../log/logger.js';
import { brokeredEvents } from './brokered.js';
import type { Events } from './events.js';

const prefix = 'apployd:events:';

/** Hints through Redis publish/subscribe: a channel per topic. */
export function redisEvents({ redisUrl, log }: { readonly redisUrl: string; readonly log: Logger }): Events {
  return brokeredEvents(({ onHint, onBack }) => {
    const publisher = openRedis(redisUrl, log, 'impatient');
    const subscriber = openRedis(redisUrl, log, 'patient'); // ioredis subscribes again after a reconnect
    subscriber.on('message', (channel: string, id: string) => onHint(channel.slice(prefix.length), id));
    let connectedBefore = false;
    subscriber.on('ready', () => {
      if (connectedBefore) setImmediate(() => void subscriber.ping().then(onBack, () => undefined));
      connectedBefore = true;
    });
    return {
      async send(hints) {
        await Promise.all(hints.map(({ topic, id }) => publisher.publish(prefix + topic, id)));
      },
      async subscribe(topic) {
        await subscriber.subscribe(prefix + topic);
      },
      async close() {
        publisher.disconnect();
        subscriber.disconnect();
      },
    };
  }, log);
}
