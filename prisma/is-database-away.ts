/** By Prisma, by PostgreSQL and by the operating system: not reached, being shut down, not up yet, or the connection broke. */
const away =
  /\b(P1001|P1002|P1008|P1017|P2024|57P0[1-3]|08\d{3}|ECONNREFUSED|ECONNRESET|EPIPE)\b|can't reach database|connection terminated|DatabaseNotReachable|ConnectionClosed/i;

/** Whether a statement failed because the database is away just now: the same one may succeed in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error) || !/^(PrismaClient|DriverAdapter)/.test(error.name)) return false;
  const { code, meta } = error as { readonly code?: unknown; readonly meta?: unknown };
  return away.test(`${String(code)} ${error.message} ${JSON.stringify(meta ?? null)}`);
}
