import { backoffMs } from '@apployd/core/backoff';
import type { Topic } from '@apployd/core/topic';
import pg from 'pg';
import type { Logger } from '../log/logger.js';
import { brokeredEvents, type Broker, type BrokerEvents } from './brokered.js';
import type { Events } from './events.js';

const prefix = 'apployd_';

/** Hints through LISTEN and NOTIFY, over one connection that is made again whenever it breaks. */
export function postgresEvents({ databaseUrl, log }: { readonly databaseUrl: string; readonly log: Logger }): Events {
  return brokeredEvents((events) => postgresBroker(databaseUrl, events, log), log);
}

function postgresBroker(databaseUrl: string, { onHint, onBack }: BrokerEvents, log: Logger): Broker {
  const listened = new Set<Topic>();
  const broken = new WeakSet<pg.Client>();
  let live: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;
  let connection = connect();
  connection.catch(() => undefined);

  async function connect(): Promise<pg.Client> {
    const client = openClient(databaseUrl);
    client.on('notification', ({ channel, payload }) => onHint(channel.slice(prefix.length), payload ?? ''));
    client.on('error', (error) => broke(client, error));
    client.on('end', () => broke(client, new Error('The connection ended.')));
    try {
      await client.connect();
      if (closed) throw new Error('Events are closed.');
      for (const topic of listened) await client.query(`LISTEN ${channelOf(topic)}`);
    } catch (error) {
      broke(client, error);
      throw error;
    }
    live = client;
    return client;
  }

  /** A client breaks once, however many ways it says so. */
  function broke(client: pg.Client, error: unknown): void {
    if (broken.has(client)) return;
    broken.add(client);
    void client.end().catch(() => undefined);
    if (closed) return;
    log.warn({ err: error }, 'The connection for events broke; hints are lost until it is back.');
    connection = reconnect();
    connection.catch(() => undefined);
  }

  async function reconnect(): Promise<pg.Client> {
    live = null;
    failures += 1;
    await new Promise((resolve) => (retry = setTimeout(resolve, backoffMs(failures, 100, 5_000))));
    const client = await connect();
    failures = 0;
    setImmediate(onBack);
    return client;
  }

  return {
    async send(hints) {
      const client = await connection;
      const channels = hints.map(({ topic }) => channelOf(topic));
      const ids = hints.map(({ id }) => id);
      await client.query('SELECT pg_notify(channel, id) FROM unnest($1::text[], $2::text[]) AS hint (channel, id)', [
        channels,
        ids,
      ]);
    },
    async subscribe(topic) {
      listened.add(topic); // every later connection listens to it too
      const client = await connection;
      await client.query(`LISTEN ${channelOf(topic)}`);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await live?.end().catch(() => undefined);
    },
  };
}

function openClient(databaseUrl: string): pg.Client {
  return new pg.Client({
    connectionString: databaseUrl,
    application_name: 'apployd events',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
}

function channelOf(topic: Topic): string {
  return prefix + topic;
}
