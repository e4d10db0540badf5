/**
 * What somebody may type where a plain text is asked for, to have a program of ours do what they want. Some would make the
 * file `canary` if any part of them ever reached a shell, or the options of a program.
 */
export function hostileTexts(canary: string): readonly string[] {
  return [
    `$(touch ${canary})`,
    `\`touch ${canary}\``,
    `; touch ${canary}`,
    `&& touch ${canary}`,
    `| tee ${canary}`,
    `main; touch ${canary}`,
    `a\ntouch ${canary}`,
    `--upload-pack=touch ${canary}`,
    `-oProxyCommand=touch ${canary}`,
    '../../etc/passwd',
    `\${X:-$(touch ${canary})}`,
    '"; }',
    'a\0b',
    'x'.repeat(10_000),
    'a\u202eb',
    // Half of a character: no UTF-8 can be made of it.
    'a\ud800b',
  ];
}
