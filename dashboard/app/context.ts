import '@remix-run/node';

declare module '@remix-run/node' {
  /** What our own server hands to loaders, actions and the document. */
  interface AppLoadContext {
    readonly nonce: string;
    readonly serverUrl: string;
    /** Of this request, for who has to find it in the log. */
    readonly requestId: string;
    /** The visitor's address, for the API's limits on guessing. */
    readonly visitor: string;
  }
}
