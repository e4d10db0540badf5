import { managedLabel, ownerLabel } from '../runtime/docker-labels.js';

/**
 * The Dockerfile with our label, and the owner's, right behind its last FROM: the same for every build, so that it is made once and then
 * taken from the cache whatever changes below. For which deployment it is stands in its name.
 */
export function labelled(dockerfile: string, owner?: string): string {
  const lines = dockerfile.split('\n');
  const at = endOfLastFrom(lines);
  const ofOwner = owner ? ` ${ownerLabel}=${JSON.stringify(owner)}` : '';
  return [...lines.slice(0, at), `LABEL ${managedLabel}="true"${ofOwner}`, ...lines.slice(at)].join('\n');
}

/** The number of lines up to the end of the last FROM, lines that it continues on included. */
function endOfLastFrom(lines: readonly string[]): number {
  const escape = lines.some((line) => /^#\s*escape\s*=\s*`/i.test(line)) ? /`[ \t\r]*$/ : /\\[ \t\r]*$/;
  let end = lines.length;
  let inFrom = false;
  let continues = false;
  lines.forEach((line, i) => {
    const isComment = /^\s*(#|$)/.test(line);
    if (isComment) return;
    if (!continues) inFrom = /^\s*FROM\s/i.test(line);
    continues = escape.test(line);
    if (inFrom && !continues) end = i + 1;
  });
  return end;
}
