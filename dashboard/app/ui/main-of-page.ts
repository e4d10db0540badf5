/** Where small things that lie over a page belong: a reader who goes from landmark to landmark meets them there. */
export const mainOfPage = (): HTMLElement => document.querySelector('main') ?? document.body;
