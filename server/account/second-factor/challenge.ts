/** The password is right, and a code is missing: no failure, and no session either. */
export class SecondFactorNeeded extends Error {
  override readonly name = 'SecondFactorNeeded';
  /** To be sent along with the code. */
  readonly challenge: string;
  readonly expiresAt: Date;
  constructor(challenge: string, expiresAt: Date) {
    super('A code of the second factor is missing.');
    this.challenge = challenge;
    this.expiresAt = expiresAt;
  }
}

/** better-auth keeps who has given the right password in a cookie of this name; here it is handed over as a text. */
const cookieName = 'apployd.two_factor';

/** The signed challenge among the cookies of an answer. */
export function challengeIn(cookies: readonly string[]): string {
  const mark = `${cookieName}=`;
  const value = cookies
    .find((cookie) => cookie.startsWith(mark))
    ?.slice(mark.length)
    .split(';')[0];
  if (!value) throw new Error('There is no challenge in the answer.');
  return decodeURIComponent(value);
}

/** The headers that say that one has it. */
export function headersOf(challenge: string): Headers {
  return new Headers({ cookie: `${cookieName}=${encodeURIComponent(challenge)}` });
}

/** Under what it is kept: what stands before its signature. */
export function identifierOf(challenge: string): string {
  return challenge.slice(0, Math.max(0, challenge.lastIndexOf('.')));
}
