import { ProtocolError } from '../error/apployd-error.js';
import type { LogEventFragment } from '../generated/types.js';
import type { LogLine } from '../types.js';
import type { Place } from './follow.js';

export type LogBatch = Extract<LogEventFragment, { readonly __typename: 'LogBatch' }>;

/** The lines of a batch; throws ProtocolError should one be missing. */
export function* linesIn(batch: LogBatch, place: Place): Generator<LogLine> {
  for (const line of batch.lines) {
    if (place.next !== null && line.sequence !== place.next) {
      throw new ProtocolError(`Log line ${place.next} is missing: the stream went on with ${line.sequence}.`);
    }
    place.next = line.sequence + 1;
    place.cursor = line.cursor;
    yield line;
  }
  place.cursor = batch.cursor;
}
