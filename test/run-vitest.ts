import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runChild } from './run-child.js';

export type Result = { readonly passed: number; readonly failed: number; readonly skipped: number };

const endsWithinMs = 40 * 60_000;
const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs vitest once, with its usual report on the screen, and counts what came of it. */
export async function runVitest(args: readonly string[], report: string, env: NodeJS.ProcessEnv): Promise<Result> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const failure = await runChild(process.execPath, [vitest, 'run', ...reporters, ...args], {
    env,
    timeoutMs: endsWithinMs,
  }).then(
    () => null,
    (error: Error) => error,
  );
  const result = await count(report);
  // A file that does not load, an error outside of tests: vitest fails though no test has.
  return failure && result.failed === 0 ? { ...result, failed: 1 } : result;
}

async function count(report: string): Promise<Result> {
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1, skipped: 0 };
  const counted = JSON.parse(text) as Report;
  const filesThatDidNotRun = counted.testResults.filter(isFileFailure).length;
  return {
    passed: counted.numPassedTests,
    failed: counted.numFailedTests + filesThatDidNotRun,
    skipped: counted.numPendingTests + counted.numTodoTests,
  };
}

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileReport[];
};
type FileReport = { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] };

const isFileFailure = (file: FileReport) =>
  file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed');
