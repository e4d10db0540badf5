import type { EnvironmentEdge } from '@apployd/sdk';
import type { Answer } from '../../../settings/answer.js';

/** What a form about visitors shows, and what became of the one that was sent last. */
export type EdgeProps = { readonly shown: EnvironmentEdge; readonly answer: Answer | undefined };

/** What is changed, and which version of it the visitor has seen. */
export const EdgeTarget = ({ shown: { id, edgeVersion } }: Pick<EdgeProps, 'shown'>) => (
  <>
    <input type="hidden" name="environmentId" value={id} />
    <input type="hidden" name="edgeVersion" value={edgeVersion} />
  </>
);

/** The first that is wrong of what is typed line by line, with its line. */
export function wrongLine(answer: Answer | undefined, intent: string, name: string): string | undefined {
  if (answer?.intent !== intent || !('problem' in answer)) return undefined;
  const path = `edge.${name}`;
  const [at, message] = Object.entries(answer.problem.fields).find(([each]) => each.startsWith(path)) ?? [];
  const line = /^\.(\d+)/.exec(at?.slice(path.length) ?? '')?.[1];
  return line === undefined ? message : `Line ${Number(line) + 1}: ${message}`;
}
