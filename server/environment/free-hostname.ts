import { platformHostname } from '@apployd/core/hostname';
import { newId } from '@apployd/core/id';
import type { Transaction } from '@apployd/prisma/create-db';

type Parts = {
  readonly project: string;
  readonly organization: string;
  /** Left out for production. */
  readonly environment?: string;
  readonly base: string;
};

/** The platform's host name for a new environment, with letters behind it when another has the plain one. */
export async function freeHostname(tx: Transaction, parts: Parts): Promise<string> {
  const hostname = platformHostname(parts);
  const taken = await tx.environment.findUnique({ where: { hostname }, select: { id: true } });
  return taken ? platformHostname({ ...parts, suffix: randomSuffix() }) : hostname;
}

export function randomSuffix(): string {
  return newId().slice(-6);
}
