import { createContext } from 'react';

/** Lets our own scripts run under the Content-Security-Policy; empty in the browser, which hides it. */
export const Nonce = createContext('');
