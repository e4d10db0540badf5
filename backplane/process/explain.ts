import { ZodError } from 'zod';

/** An error as one line for the person who starts the process. */
export function explain(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  if (isTakenPort(error))
    return `port ${error.port} of ${error.address} is taken; end what listens there or choose another`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? message;
}

const isTakenPort = (error: unknown): error is { address: string; port: number } =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
