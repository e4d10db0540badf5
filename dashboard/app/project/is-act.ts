/** Whether one of the buttons over all pages of a project asks for it, and not a form of the page. */
export const isAct = (intent: unknown): boolean => intent === 'deploy' || intent === 'restore-environment';
