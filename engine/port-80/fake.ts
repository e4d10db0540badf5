import { acmeChallengePath } from '@apployd/core/certificate';
import type { Db } from '@apployd/prisma/create-db';
import type { Port80, Port80Answer, Port80Question } from './port-80.js';

export type FakePort80 = Port80 & {
  readonly asked: readonly Port80Question[];
  /** What an address does from now on; by default it answers as an edge does. */
  set(address: string, answer: () => Promise<Port80Answer>): void;
};

/** A network in which an edge is at every address that the test says nothing else of. */
export function fakePort80(db: Db): FakePort80 {
  const others = new Map<string, () => Promise<Port80Answer>>();
  const asked: Port80Question[] = [];
  const asEdge = async (path: string): Promise<Port80Answer> => {
    const token = path.slice(acmeChallengePath.length);
    const found = await db.acmeChallenge.findUnique({ where: { token } });
    return found ? { status: 200, body: found.keyAuthorization } : { status: 404, body: '' };
  };
  return {
    asked,
    set: (address, answer) => void others.set(address, answer),
    ask: async (question, signal) => {
      signal.throwIfAborted();
      asked.push(question);
      return others.get(question.address)?.() ?? asEdge(question.path);
    },
  };
}
