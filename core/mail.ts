/** A mail as it is queued, sealed under `mailContext`. Plain text; links in it may be worth an account. */
export type Mail = { readonly to: string; readonly subject: string; readonly text: string };

export function mailContext(id: string): string {
  return `mail ${id}`;
}
