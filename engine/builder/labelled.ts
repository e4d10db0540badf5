import { managedLabel, ownerLabel } from '../runtime/docker-labels.js';

/**
 * The Dockerfile with our label, and the owner's, right behind each FROM: what a stage that is only copied from leaves is
 * found by it as well. It is the same for every build, so that it is made once and then taken from the cache whatever changes
 * below. For which deployment it is stands in the image's name.
 */
export function labelled(dockerfile: string, owner?: string): string {
  const lines = dockerfile.split('\n');
  const ofOwner = owner ? ` ${ownerLabel}=${JSON.stringify(owner)}` : '';
  const label = `LABEL ${managedLabel}="true"${ofOwner}`;
  const ends = endsOfFrom(lines);
  return lines.flatMap((line, i) => (ends.has(i) ? [line, label] : [line])).join('\n');
}

/** The lines with which each FROM ends, lines that it continues on included. */
function endsOfFrom(lines: readonly string[]): ReadonlySet<number> {
  const escape = lines.some((line) => /^#\s*escape\s*=\s*`/i.test(line)) ? /`[ \t\r]*$/ : /\\[ \t\r]*$/;
  const ends = new Set<number>();
  let inFrom = false;
  let continues = false;
  lines.forEach((line, i) => {
    const isComment = /^\s*(#|$)/.test(line);
    if (isComment) return;
    if (!continues) inFrom = /^\s*FROM\s/i.test(line);
    continues = escape.test(line);
    if (inFrom && !continues) ends.add(i);
  });
  return ends;
}
