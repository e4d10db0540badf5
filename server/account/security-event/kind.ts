/** What is in an account's own history: how it is recorded in the audit log, and what the API calls it. */
export const securityEventKinds = {
  'account.signedUp': 'SIGNED_UP',
  'account.signedIn': 'SIGNED_IN',
  'account.signInRefused': 'SIGN_IN_REFUSED',
  'account.signedOut': 'SIGNED_OUT',
  accountSignOutEverywhere: 'SIGNED_OUT_EVERYWHERE',
  accountSessionRevoke: 'SESSION_REVOKED',
  accountPasswordChange: 'PASSWORD_CHANGED',
  'account.passwordResetRequested': 'PASSWORD_RESET_REQUESTED',
  accountPasswordReset: 'PASSWORD_RESET',
  accountVerificationSend: 'VERIFICATION_SENT',
  accountEmailVerify: 'EMAIL_VERIFIED',
  accountUpdate: 'UPDATED',
  accountTwoFactorEnable: 'TWO_FACTOR_BEGUN',
  accountTwoFactorConfirm: 'TWO_FACTOR_ENABLED',
  accountTwoFactorDisable: 'TWO_FACTOR_DISABLED',
  accountRecoveryCodesRegenerate: 'RECOVERY_CODES_RENEWED',
} as const;

type Kinds = typeof securityEventKinds;
export type SecurityEventKind = Kinds[keyof Kinds];

export const securityEventActions = Object.keys(securityEventKinds);

/** Of an action that is in the table. */
export function kindOf(action: string): SecurityEventKind {
  return securityEventKinds[action as keyof Kinds];
}
