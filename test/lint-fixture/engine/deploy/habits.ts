import { exec, execFile } from 'node:child_process'; // refused: no-restricted-imports
import { env } from 'node:process'; // refused: no-restricted-syntax
import { Instance } from '../instance.js'; // refused: @typescript-eslint/consistent-type-imports

export const port = process.env.PORT; // refused: no-restricted-syntax
export const anything = (value: any) => value; // refused: @typescript-eslint/no-explicit-any
export const surely = (instance?: Instance) => instance!.id; // refused: @typescript-eslint/no-non-null-assertion
export const shell = (program: string) => [exec, env, execFile(program, [], { shell: true })]; // refused: no-restricted-syntax

export function forgotten(work: () => Promise<void>): void {
  work(); // refused: typescript/no-floating-promises
  setTimeout(async () => work(), 1); // refused: typescript/no-misused-promises
  console.log('done'); // refused: no-console
}

export const soon = () => AbortSignal.timeout(5_000); // refused: no-restricted-syntax

export default port; // refused: no-restricted-syntax
