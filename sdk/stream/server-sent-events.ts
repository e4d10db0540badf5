import { ProtocolError } from '../error/apployd-error.js';

export type ServerSentEvent = { readonly name: string; readonly data: string };

const mostPendingCharacters = 16 * 1024 * 1024;

/** A parser that takes text as it arrives and returns the events that it completes. Comments (pings) are dropped. */
export function serverSentEvents(): (text: string) => ServerSentEvent[] {
  let pending = '';
  return (text) => {
    pending += text;
    if (pending.length > mostPendingCharacters) throw new ProtocolError('A server-sent event is too long.');
    const blocks = pending.split(/\r?\n\r?\n/);
    pending = blocks.pop() ?? '';
    return blocks.map(parseBlock).filter((event) => event !== null);
  };
}

function parseBlock(block: string): ServerSentEvent | null {
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  return name === 'message' && data.length === 0 ? null : { name, data: data.join('\n') };
}
