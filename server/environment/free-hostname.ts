import { platformHostname } from '@apployd/core/hostname';
import { newId } from '@apployd/core/id';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Context } from '../context.js';

type Parts = {
  readonly project: string;
  readonly organization: string;
  /** Left out for production. */
  readonly environment?: string;
  readonly settings: Pick<Context['settings'], 'APPLOYD_BASE_DOMAIN' | 'APPLOYD_PUBLIC_URL'>;
};

/** The platform's host name for a new environment, with letters behind it when another, or the platform itself, has the plain one. */
export async function freeHostname(tx: Transaction, { settings, ...words }: Parts): Promise<string> {
  const parts = { ...words, base: settings.APPLOYD_BASE_DOMAIN };
  const hostname = platformHostname(parts);
  const isTaken = hostname === new URL(settings.APPLOYD_PUBLIC_URL).hostname || (await isAnothers(tx, hostname));
  return isTaken ? platformHostname({ ...parts, suffix: randomSuffix() }) : hostname;
}

async function isAnothers(tx: Transaction, hostname: string): Promise<boolean> {
  return (await tx.environment.findUnique({ where: { hostname }, select: { id: true } })) !== null;
}

export function randomSuffix(): string {
  return newId().slice(-6);
}
