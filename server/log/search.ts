import type { LogFilter } from '@apployd/backplane/logs/log-filter';
import type { Logs, LogSearchPage } from '@apployd/backplane/logs/logs';
import { idOf } from '@apployd/core/id';
import type { LogLevel } from '@apployd/core/log-level';
import type { LogStreamId } from '@apployd/core/log-line';
import { requestError } from '../request-error.js';

export type LogFilterInput = {
  readonly text?: string | null;
  readonly levels?: readonly LogLevel[] | null;
  readonly deploymentId?: string | null;
  readonly since?: Date | null;
  readonly until?: Date | null;
};

type Arguments = {
  readonly filter?: LogFilterInput | null;
  readonly first?: number | null;
  readonly after?: number | null;
  readonly last?: number | null;
  readonly before?: number | null;
};

const defaultSize = 100;
export const maxTextLength = 200;

/** Lines of a log that are wanted: the newest, unless it is searched from its beginning on. */
export function searchLog(logs: Pick<Logs, 'search'>, stream: LogStreamId, args: Arguments): Promise<LogSearchPage> {
  const { first, after, last, before } = args;
  const forward = first != null || after != null;
  if (forward && (last != null || before != null)) {
    throw requestError(
      'BAD_REQUEST',
      'Search forward with first and after, or backward with last and before, not both.',
    );
  }
  const place = forward ? { after: after ?? 0 } : { before: before ?? Number.MAX_SAFE_INTEGER };
  return logs.search(stream, filterOf(args.filter ?? {}), { ...place, limit: first ?? last ?? defaultSize });
}

function filterOf({ text, levels, deploymentId, since, until }: LogFilterInput): LogFilter {
  if (text != null && text.length > maxTextLength) {
    throw requestError('BAD_REQUEST', `What is looked for has at most ${maxTextLength} characters.`);
  }
  if (since && until && since >= until) {
    throw requestError('BAD_REQUEST', 'The time until which is searched has to be later than that since when.');
  }
  return {
    ...(text ? { text } : {}),
    ...(levels ? { levels } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(deploymentId == null ? {} : { deploymentId: deploymentOf(deploymentId) }),
  };
}

function deploymentOf(publicId: string): string {
  const id = idOf('Deployment', publicId);
  if (id === null) throw requestError('BAD_REQUEST', 'deploymentId is no id of a deployment.');
  return id;
}
