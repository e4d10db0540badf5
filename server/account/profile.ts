import type { Context } from '../context.js';

export type Profile = {
  readonly userId: string;
  readonly isEmailVerified: boolean;
  readonly hasTwoFactor: boolean;
  readonly isOperator: boolean;
};

/** What only the person themself sees of their account. */
export async function profileOf({ db }: Context, userId: string): Promise<Profile> {
  const { emailVerified, twoFactorEnabled, isOperator } = await db.user.findUniqueOrThrow({
    where: { id: userId },
    select: { emailVerified: true, twoFactorEnabled: true, isOperator: true },
  });
  return { userId, isEmailVerified: emailVerified, hasTwoFactor: twoFactorEnabled, isOperator };
}
