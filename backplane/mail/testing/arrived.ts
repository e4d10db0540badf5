/** A mail as it arrived. */
export type Arrived = { readonly to: readonly string[]; readonly subject: string; readonly text: string };
