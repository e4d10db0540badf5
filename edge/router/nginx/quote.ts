/** A value as one word of an Nginx configuration. What Nginx has no way to write is refused. */
export function quote(text: string): string {
  // eslint-disable-next-line no-control-regex -- it is control characters that are looked for.
  if (/[\x00-\x1f\x7f$]/.test(text)) {
    throw new Error(
      `${JSON.stringify(text)} cannot stand in a configuration of Nginx: it holds "$" or a control character.`,
    );
  }
  return `"${text.replace(/["\\]/g, (each) => `\\${each}`)}"`;
}
