import { RemixBrowser } from '@remix-run/react';
import { startTransition } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { isNoConnection } from './shell/no-connection.js';
import { patientLooks, type Router } from './shell/patient-looks.js';

// Of an answer that breaks off Remix leaves the end to nobody: a connection that is lost is no fault of the page.
addEventListener('unhandledrejection', (event) => {
  if (isNoConnection(event.reason)) event.preventDefault();
});

// Remix keeps its router there, and asks by the global `fetch`.
const page = window as typeof window & { readonly __remixRouter?: Router };
page.fetch = patientLooks(page.fetch.bind(page), () => page.__remixRouter);

startTransition(() => {
  hydrateRoot(document, <RemixBrowser />);
});
