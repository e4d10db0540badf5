import { Prisma } from '@apployd/prisma/generated/client/client';

/** Whether a statement failed because another row holds this column's value already. */
export function isUniqueViolation(error: unknown, column: string): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    error.code === 'P2002' &&
    JSON.stringify(error.meta).includes(column)
  );
}
