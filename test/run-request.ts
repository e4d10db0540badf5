import { readSuites, suites, type Suite } from './without.js';

export type Request = {
  readonly without: readonly Suite[];
  /** Whether the host may be changed: packages installed, an engine started. */
  readonly setup: boolean;
  /** For vitest: names of files, rooms or its own options. */
  readonly rest: readonly string[];
};

/** Reads the arguments of `npm test`: what is not ours goes to vitest as it is. */
export function readRequest(args: readonly string[], alreadyWithout: string): Request {
  const rest: string[] = [];
  let without = alreadyWithout;
  let setup = true;
  for (let index = 0; index < args.length; index++) {
    const [name, value] = splitOption(args[index] ?? '');
    if (name === '--no-setup') setup = false;
    else if (name === '--without') without += `,${value ?? args[++index] ?? missingList()}`;
    else rest.push(args[index] ?? '');
  }
  return { without: readSuites(without), setup, rest };
}

function splitOption(argument: string): readonly [string, string | undefined] {
  const equals = argument.indexOf('=');
  return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}

function missingList(): never {
  throw new Error(`--without takes a list, as in --without docker. Suites: ${suites.join(', ')}.`);
}
