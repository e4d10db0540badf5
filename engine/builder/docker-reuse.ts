import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { inTime, unlessGone } from '../runtime/docker-call.js';
import type { BuildRequest } from './builder.js';
import { declaredOf } from './dockerfile-facts.js';
import type { DockerRecipe } from './docker-recipe.js';

/** Contexts up to this size are held in memory, once per build, to be told from each other; of larger ones Docker sees to it. */
const mostHeldBytes = 8 * 1024 * 1024;
/** Of how many builds it is known what they were made of. */
const mostKnown = 1_000;

/** All that decides what a build comes to; whoever else builds the same is somebody else. */
export type BuildInputs = {
  readonly request: Pick<BuildRequest, 'projectId' | 'buildVariables'>;
  readonly recipe: Pick<DockerRecipe, 'dockerfile' | 'facts'>;
  /** Null where it is too large to be held. */
  readonly context: Buffer | null;
};

export type DockerReuse = {
  /** One word for all of it; null where only Docker can tell whether it would build the same again. */
  keyOf(inputs: BuildInputs): Promise<string | null>;
  /** What this engine built of the same, if it is still there. */
  find(key: string | null): Promise<Dockerode.ImageInspectInfo | null>;
  remember(key: string | null, image: Dockerode.ImageInspectInfo): void;
};

/**
 * What was built of what, since this engine runs. Docker would find each step in its cache, one after the other: this finds the
 * last one at once, under the same conditions. Variables decide as well, so it is in memory alone.
 */
export function dockerReuse(docker: Dockerode): DockerReuse {
  const known = new Map<string, string>();
  const find = (id: string) => inTime(unlessGone(docker.getImage(id).inspect()));
  const keyOf = async ({
    request: { projectId, buildVariables },
    recipe: { dockerfile, facts },
    context,
  }: BuildInputs) => {
    const { standsOn } = facts;
    if (!context || !standsOn) return null;
    const images = await Promise.all(standsOn.map(find));
    // One that is not there yet may be another one once it is; triggers of an image may fetch what they like.
    if (images.some((image) => !image || (image.Config.OnBuild ?? []).length > 0)) return null;
    const ids = images.map((image) => image?.Id);
    const declared = Object.entries(declaredOf(facts, buildVariables)).sort();
    const said = JSON.stringify([projectId, dockerfile, declared, ids]);
    return createHash('sha256').update(said).update('\0').update(context).digest('hex');
  };
  return {
    // What goes wrong with Docker does so in the build as well, and is told there.
    keyOf: (inputs) => keyOf(inputs).catch(() => null),
    find: async (key) => {
      const id = key === null ? undefined : known.get(key);
      return id === undefined ? null : find(id).catch(() => null);
    },
    remember: (key, { Id }) => {
      if (key === null) return;
      known.delete(key);
      known.set(key, Id);
      const [oldest] = known.keys();
      if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    },
  };
}

/** A context that is small enough as a whole, and in any case a stream of it. Who does not read it to its end destroys the context. */
export async function held(context: Readable): Promise<{ readonly whole: Buffer | null; readonly stream: Readable }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const rest = context[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    chunks.push(next.value);
    bytes += next.value.length;
    if (bytes > mostHeldBytes)
      return { whole: null, stream: Readable.from(followed(chunks, rest), { objectMode: false }) };
  }
  const whole = Buffer.concat(chunks);
  return { whole, stream: Readable.from([whole], { objectMode: false }) };
}

async function* followed(chunks: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  try {
    yield* chunks;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    // Also when nobody reads on, once somebody has begun to.
    await rest.return?.();
  }
}
