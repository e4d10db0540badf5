import { randomBytes } from 'node:crypto';
import { acmeChallengePath } from '@apployd/core/certificate';
import { withinDeadline } from '@apployd/core/deadline';
import type { DomainFindings } from '@apployd/core/domain';
import type { Engine } from '../engine.js';
import type { Port80Answer } from '../port-80/port-80.js';
import { addressSet, isPublic } from './address-sets.js';

const patienceMs = 4_000;
/** A name may have any number of addresses: an authority tries one or two. */
const most = 4;

type Tried = NonNullable<DomainFindings['port80']>;
type Answer = Tried[number]['answer'];

export type WhereToTry = {
  readonly hostname: string;
  readonly addresses: readonly string[];
  /** The platform's own. */
  readonly own: readonly string[];
};

/**
 * Does what an authority does: puts an answer where all edges find it, and asks for it at each address. Anybody may have a
 * name lead anywhere, so that only public addresses and the platform's own are asked, and no redirect is followed.
 */
export async function tryPort80(
  engine: Engine,
  { hostname, addresses, own }: WhereToTry,
  signal: AbortSignal,
): Promise<Tried> {
  const { challenges } = engine;
  const [token, keyAuthorization] = [aWord(), aWord()];
  const isOwn = addressSet(own);
  const path = `${acmeChallengePath}${token}`;
  const tryOne = async (address: string): Promise<Answer> => {
    if (!isOwn(address) && !isPublic(address)) return 'NOT_PUBLIC';
    return withinDeadline(signal, patienceMs, (stop) => engine.port80.ask({ address, hostname, path }, stop)).then(
      (answer) => read(answer, keyAuthorization),
      (error: unknown) => ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'REFUSED' : 'SILENT'),
    );
  };
  await challenges.answer({ hostname, token, keyAuthorization });
  try {
    const tried = addresses.slice(0, most).map(async (address) => ({ address, answer: await tryOne(address) }));
    return await Promise.all(tried);
  } finally {
    await challenges.withdraw(token);
  }
}

const aWord = () => randomBytes(24).toString('base64url');

function read({ status, body }: Port80Answer, expected: string): Answer {
  if (status === 200 && body.trim() === expected) return 'OURS';
  return status >= 300 && status < 400 ? 'REDIRECT' : 'OTHER';
}
