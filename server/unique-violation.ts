import { Prisma } from '@apployd/prisma/generated/client/client';

/** Whether a statement failed because another row holds this column's value already. */
export function isUniqueViolation(error: unknown, column: string): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    error.code === 'P2002' &&
    JSON.stringify(error.meta).includes(column)
  );
}

/** Two may reach for one name at the same time; whoever loses finds it taken the next time. */
export async function retryOnTaken<T>(column: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 3 || !isUniqueViolation(error, column)) throw error;
    }
  }
}
