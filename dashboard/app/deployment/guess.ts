import { plain } from '../log/ansi.js';

type Failed = {
  readonly code: string;
  readonly exitCode: number | null;
  /** The end of its log. */
  readonly lines: readonly string[];
};

/** What probably went wrong, and the sign by which it is told. */
export type Guess = { readonly cause: string; readonly sign: string };

type Rule = { readonly cause: string } & (
  | { readonly exitCode: number; readonly code?: never }
  | { readonly code: string; readonly exitCode?: never }
  | { readonly says: RegExp; readonly exitCode?: never; readonly code?: never }
);

/** What the log names goes before what an exit code may mean. */
const rules: readonly Rule[] = [
  { says: /heap out of memory/i, cause: 'The build needs more memory than Node gives itself.' },
  { says: /missing script: "?build/i, cause: 'package.json has no script called build.' },
  {
    says: /can only install packages when your|lock ?file.*(out of (date|sync)|not up to date)/i,
    cause: 'The lock file does not fit package.json: install once on your machine and commit it.',
  },
  { says: /ERESOLVE|conflicting peer/i, cause: 'Two packages ask for versions that exclude each other.' },
  {
    says: /\bE404\b|404 not found - get|no matching version found|could not find a version that satisfies/i,
    cause: 'A package or a version of it does not exist in its registry.',
  },
  {
    says: /unsupported engine|incompatible engine|requires node/i,
    cause: 'A package asks for another version of Node.',
  },
  {
    says: /cannot find (module|package)|module ?not ?found/i,
    cause: 'A module that is imported is not installed, or not part of the repository.',
  },
  { says: /ENOSPC|no space left on device/i, cause: 'The disk was full.' },
  { says: /EADDRINUSE/, cause: 'The app listens on a port that is taken; the port that is free for it is in PORT.' },
  {
    says: /EACCES.*(listen|port)/i,
    cause: 'The app listens on a port that it may not have; the port that is free for it is in PORT.',
  },
  { says: /\b(EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED)\b/, cause: 'Another server could not be reached.' },
  { code: 'OUT_OF_MEMORY', cause: 'It used more memory than its slice holds.' },
  { exitCode: 137, cause: 'It was ended from outside, most often because it ran out of memory.' },
  { exitCode: 127, cause: 'A command that it calls is not installed.' },
  { exitCode: 126, cause: 'A command that it calls may not be executed.' },
  { exitCode: 139, cause: 'A native part of it crashed.' },
];

/** A guess, or null where nothing is told by any sign. */
export function guess({ code, exitCode, lines }: Failed): Guess | null {
  for (const rule of rules) {
    if (rule.code !== undefined && rule.code === code) return { cause: rule.cause, sign: `code ${code}` };
    if (rule.exitCode !== undefined && rule.exitCode === exitCode)
      return { cause: rule.cause, sign: `exit code ${exitCode}` };
    const [said] = 'says' in rule ? lines.flatMap((line) => rule.says.exec(plain(line))?.[0] ?? []) : [];
    if (said) return { cause: rule.cause, sign: `the log says “${said}”` };
  }
  return null;
}
