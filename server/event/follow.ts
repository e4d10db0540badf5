import { looks } from '@apployd/backplane/events/looks';
import { idOf } from '@apployd/core/id';
import type { Event, EventStreamKind } from '@apployd/prisma/generated/client/client';
import { signedIn, type Context } from '../context.js';
import { requestError } from '../request-error.js';
import { followStream, type SourceEnd, type StreamEnd, type StreamGap } from '../stream/follow.js';
import { onlyNull } from '../stream/only-null.js';
import { reachedEnvironment } from '../access/reached-environment.js';
import { readEvents, type EventsOf, type EventsRead, type EventStreamOf } from './read.js';
import { eventSources } from './source.js';
import { eventTypes } from './types.js';

export type EventMessage = { readonly kind: 'event'; readonly event: Event; readonly cursor: number };

type Arguments = {
  /** Of the project or organization, as it is shown outside. */
  readonly id: string;
  readonly after?: number | null;
  readonly types?: readonly string[] | null;
};

/** The events of a stream behind `after`, then those that come, until the stream, the access or this server ends. */
export async function followEvents(
  context: Context,
  kind: EventStreamKind,
  { id: shownId, after, types }: Arguments,
): Promise<AsyncIterable<EventMessage | StreamGap | StreamEnd | null>> {
  const viewer = signedIn(context);
  const wanted = eventTypes(types);
  const source = eventSources[kind];
  const id = idOf(source.idKind, shownId);
  if (id === null) return onlyNull();
  const read = () => source.find(context, id, viewer.stillSees());
  const found = await read();
  if (!found) return onlyNull();
  const from = after ?? 0;
  const stream = { kind, id };
  await refuseBeyond(context, stream, from);
  const of = { stream, types: wanted, viewer };
  return followStream<EventMessage | StreamGap>(context, {
    ...found,
    open: (signal) => eventsBehind(context, of, from, signal),
    after: from,
    mayStillRead: async () => (await read()) !== null,
  });
}

/** Whoever waits behind what has not happened would wait without a word. */
async function refuseBeyond({ db }: Context, { kind, id }: EventStreamOf, cursor: number): Promise<void> {
  const stream = await db.eventStream.findUnique({ where: { id }, select: { lastSequence: true } });
  if (cursor <= (stream?.lastSequence ?? 0n)) return;
  throw requestError(
    'BAD_REQUEST',
    `This is no cursor of the events of this ${eventSources[kind].noun}. Pass one that they gave, or none.`,
  );
}

const lookAgainMs = 4_000;
/** So many are in memory at most, however slow the reader. */
const atOnce = 100;

async function* eventsBehind(
  { db, events, settings }: Context,
  of: EventsOf,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<EventMessage | StreamGap | SourceEnd> {
  let cursor = after;
  for await (const _ of looks(events, 'event', of.stream.id, settings.lookAgainMs ?? lookAgainMs, signal)) {
    for (let more = true; more && !signal.aborted;) {
      const read = await readEvents(db, of, { after: cursor, limit: atOnce });
      if (!read) return yield { kind: 'end', cursor };
      const gap = gapBefore(read, of, cursor);
      if (gap) yield gap;
      for (const event of read.events) {
        yield { kind: 'event', event, cursor: Number(event.sequence) };
        if (signal.aborted) return;
      }
      more = read.events.length === atOnce;
      // What is not wanted has been passed, too.
      cursor = more ? Number(read.events.at(-1)?.sequence) : Math.max(cursor, read.last);
    }
  }
}

function gapBefore({ first }: EventsRead, { types, viewer }: EventsOf, cursor: number): StreamGap | null {
  if (cursor + 1 >= first) return null;
  const lost = types === null && reachedEnvironment(viewer) === null ? first - 1 - cursor : null;
  return { kind: 'gap', reason: 'RETENTION', lost, from: cursor + 1, cursor: first - 1 };
}
