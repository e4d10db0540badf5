/** The host name of what somebody has typed: a pasted address is taken for its host. */
export function hostOf(typed: string): string {
  const text = typed.trim();
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text.replace(/\/.*$/s, '');
  return /^[^:]+:\/\/(?:[^/?#@]*@)?([^/?#:]*)/.exec(text)?.[1] ?? text;
}
