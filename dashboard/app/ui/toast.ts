/** What has happened, said in passing. What did not happen, and must be read, has its place on the page instead. */
export type Toast = { readonly title: string; readonly undo?: () => void };

let say: ((toast: Toast) => void) | undefined;
const waiting: Toast[] = [];

export function toast(one: Toast): void {
  if (say) say(one);
  else waiting.push(one);
}

/** What shows toasts takes what has been said before it was there. Returns how to stop. */
export function listenToToasts(show: (toast: Toast) => void): () => void {
  say = show;
  waiting.splice(0).forEach(show);
  return () => {
    say = undefined;
  };
}
