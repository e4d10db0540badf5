import { formatOf, heldOf, type ResourceName } from './resources.js';

type Used = Readonly<Record<Exclude<ResourceName, 'bandwidthBytesPerMonth'>, number>>;

/** A project, as far as it tells what it uses of its slice. */
type Using = {
  /** Of all its environments, looked at once a minute. Null: nothing runs, or it was not looked at. */
  readonly inUse: Used | null;
  readonly productionEnvironment: { readonly observedState: string };
};

export type Water = {
  /** How much of the slice is in use, in the resource's unit. */
  readonly held: number;
  /** The same in words. */
  readonly holding: string;
  readonly isAsleep: boolean;
};

/** Of memory and CPU what the project uses now; of bandwidth what it has `sent` this month. */
export function waterOf(resource: ResourceName, project: Using | undefined, sent: number): Water {
  const isAsleep = project?.productionEnvironment.observedState.endsWith('SLEEP') ?? false;
  if (resource === 'bandwidthBytesPerMonth') return { held: sent, holding: heldOf(resource, sent), isAsleep };
  const held = project?.inUse?.[resource] ?? 0;
  return { held, holding: project?.inUse ? heldOf(resource, held) : idleWords(project), isAsleep };
}

function idleWords(project: Using | undefined): string {
  const state = project?.productionEnvironment.observedState ?? 'STOPPED';
  if (state === 'RUNNING') return unmeasured;
  return state.endsWith('SLEEP') ? 'asleep, keeps its slice for waking' : 'nothing runs, it keeps its slice';
}

/** `40 MB of 512 MB`, of memory. */
export function usedOfSlice(project: Using, slice: number): string {
  const size = formatOf('memoryBytes', slice);
  if (isUnmeasured(project)) return `${size}, ${unmeasured}`;
  return `${formatOf('memoryBytes', project.inUse?.memoryBytes ?? 0)} of ${size}`;
}

/** What all of them use together, in words. */
export function usedByAll(projects: readonly Using[], resource: keyof Used): string {
  const used = projects.reduce((sum, { inUse }) => sum + (inUse?.[resource] ?? 0), 0);
  return used === 0 && projects.some(isUnmeasured) ? unmeasured : heldOf(resource, used);
}

const unmeasured = 'not measured yet';

const isUnmeasured = ({ inUse, productionEnvironment }: Using) =>
  !inUse && productionEnvironment.observedState === 'RUNNING';
