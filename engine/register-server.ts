import os from 'node:os';
import { newId } from '@apployd/core/id';
import type { Db } from '@apployd/prisma/create-db';

/** The kind of runtime that this machine had when its engine ran last. */
export async function runtimeOf(db: Db, name: string): Promise<string | null> {
  const server = await db.server.findUnique({ where: { name }, select: { runtime: true } });
  return server?.runtime ?? null;
}

type Machine = {
  readonly name: string;
  readonly runtime: string;
  /** How many deployments it works on at once. */
  readonly slots?: number;
};

/** Writes this machine's Server row, or finds the one it has, and returns its id. */
export async function registerServer(db: Db, { name, runtime, slots }: Machine, now: Date): Promise<string> {
  const data = {
    runtime,
    slots,
    memoryBytes: BigInt(os.totalmem()),
    cpuMillicores: os.cpus().length * 1000,
    heartbeatAt: now,
  };
  const server = await db.server.upsert({ where: { name }, create: { id: newId(), name, ...data }, update: data });
  return server.id;
}
