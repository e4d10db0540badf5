import { createContext } from 'react';

/** Lets our own scripts run under the Content-Security-Policy; empty in the browser, which hides it. */
export const Nonce = createContext('');

/** The nonce of the page that is open. The browser hides it from attributes, not from scripts that run by it. */
export const nonceOfPage = (): string => document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
