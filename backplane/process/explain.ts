import { ZodError } from 'zod';
import { ConfigError } from '../config/parse-config.js';

/** An error as one line for the person who starts the process. */
export function explain(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  if (error instanceof ConfigError) return inOneLine(error.message);
  if (isTakenPort(error))
    return `port ${error.port} of ${error.address} is taken; end what listens there or choose another`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}

function inOneLine(complaint: string): string {
  const [head, ...complaints] = complaint.split('\n').map((line) => line.trim());
  return `${head} ${complaints.map((each) => each.replace(/\.$/, '')).join('; ')}.`;
}

const isTakenPort = (error: unknown): error is { address: string; port: number } =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
