import { later } from './later.js';

/** Where toasts appear. Its code comes after the page is alive. */
export const Toaster = later<object>(() => import('./toaster-panel.js').then(({ ToasterPanel }) => ToasterPanel));
