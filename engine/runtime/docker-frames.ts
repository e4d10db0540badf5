/** One entry of a container's log. `stamp` has nine digits of a second, so stamps sort as text. */
export type DockerEntry = { readonly source: 'STDOUT' | 'STDERR'; readonly stamp: string; readonly text: string };

const headerBytes = 8;
const maxFrameBytes = 2 ** 20;
const stderrType = 2;

/** Parts a log stream, which is in frames of a type, a length and one time-stamped entry. Holds no more than one frame. */
export async function* readFrames(stream: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<DockerEntry> {
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    let buffer = Buffer.concat([left, chunk as Buffer]);
    for (let frame = cutFrame(buffer); frame; frame = cutFrame(buffer)) {
      buffer = buffer.subarray(frame.length);
      yield frame.entry;
    }
    left = buffer;
  }
}

function cutFrame(buffer: Buffer): { entry: DockerEntry; length: number } | null {
  if (buffer.length < headerBytes) return null;
  const size = buffer.readUInt32BE(4);
  if (size > maxFrameBytes)
    throw new Error(`A frame of ${size} bytes: this is no log of a container without a terminal`);
  if (buffer.length < headerBytes + size) return null;
  const payload = buffer.toString('utf8', headerBytes, headerBytes + size);
  const space = payload.indexOf(' ');
  const source = buffer[0] === stderrType ? 'STDERR' : 'STDOUT';
  return {
    entry: { source, stamp: payload.slice(0, space), text: payload.slice(space + 1) },
    length: headerBytes + size,
  };
}
