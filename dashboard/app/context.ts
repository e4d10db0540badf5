import '@remix-run/node';

declare module '@remix-run/node' {
  /** What our own server hands to loaders, actions and the document. */
  interface AppLoadContext {
    readonly nonce: string;
    readonly serverUrl: string;
    /** The visitor's address, for the API's limits on guessing. */
    readonly visitor: string;
  }
}
