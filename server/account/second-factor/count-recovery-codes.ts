import type { Context } from '../../context.js';

/** How many recovery codes a person with a second factor has left. */
export async function countRecoveryCodes({ auth }: Pick<Context, 'auth'>, userId: string): Promise<number> {
  const { backupCodes } = await auth.api.viewBackupCodes({ body: { userId } });
  return backupCodes.length;
}
