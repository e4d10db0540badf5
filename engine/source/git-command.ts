import { runCommand, type CommandResult } from '../command/run-command.js';

/** git at work in one folder. */
export type Git = {
  /** Runs a subcommand; a non-zero exit is no error. */
  run(args: readonly string[]): Promise<CommandResult>;
};

export function gitCommand(folder: string, environment: Readonly<Record<string, string>>, signal: AbortSignal): Git {
  return { run: (args) => runCommand({ argv: ['git', ...args], cwd: folder, environment }, signal) };
}
