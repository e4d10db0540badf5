/** The path of a page as a log may have it: what follows these is the secret of a link that came by mail. */
export const pathForLog = (url: string): string =>
  new URL(url).pathname.replace(/^(\/+(?:invitations|reset-password|verify-email)\/).+$/i, '$1…');
