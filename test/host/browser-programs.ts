/** What shows pages, the best first: the one without any windows takes a third of the others' time. */
export const browserPrograms = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'] as const;
