import { leastSlice } from '@apployd/core/allocation';
import { mostInstances } from '@apployd/core/demand';
import type { FieldIssue } from '@apployd/core/refusal';
import { describeResource } from '@apployd/core/resources';
import { wholeMiBIssues } from '../allocation/limits.js';

type Instances = {
  readonly instances?: number | null;
  readonly memoryBytes?: number | null;
  readonly cpuMillicores?: number | null;
};

/** What is wrong with how many instances are to run, and with what each is to have, whatever their slice holds. */
export function instancesIssues({ instances, memoryBytes, cpuMillicores }: Instances): FieldIssue[] {
  const outOfRange = (path: string, message: string) => [{ path: [path], rule: 'OUT_OF_RANGE', message }];
  return [
    ...(instances != null && (instances < 1 || instances > mostInstances)
      ? outOfRange('instances', `An environment runs 1 to ${mostInstances} instances.`)
      : []),
    ...(memoryBytes == null
      ? []
      : [...leastIssues('memoryBytes', memoryBytes), ...wholeMiBIssues(['memoryBytes'], memoryBytes)]),
    ...(cpuMillicores == null ? [] : leastIssues('cpuMillicores', cpuMillicores)),
  ];
}

function leastIssues(name: 'memoryBytes' | 'cpuMillicores', amount: number): FieldIssue[] {
  if (amount >= leastSlice[name]) return [];
  const message = `An instance needs at least ${describeResource(name, leastSlice[name])}.`;
  return [{ path: [name], rule: 'TOO_SMALL', message }];
}
