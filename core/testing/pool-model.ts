import { largestFit } from '../allocation.js';
import type { Demand } from '../demand.js';
import { poolViolations, type Division, type PoolViolation } from '../pool-rules.js';
import type { Resources } from '../resources.js';

/** What may be done to an organization's pool. Projects are named by the order in which they were made. */
export type PoolCommand =
  | { readonly kind: 'projectCreate'; readonly limits: Resources }
  | { readonly kind: 'projectDelete'; readonly project: number }
  | { readonly kind: 'projectRestore'; readonly project: number }
  | { readonly kind: 'allocationsSet'; readonly changes: readonly { project: number; limits: Resources | null }[] }
  | { readonly kind: 'environmentUpdate'; readonly project: number; readonly demand: Demand }
  | { readonly kind: 'planUpdate'; readonly pool: Resources };

export type ProjectModel = {
  readonly slice: Resources | null;
  readonly demand: Demand;
  /** While it waits for its deletion: the slice that it had. */
  readonly deleted: { readonly slice: Resources | null } | null;
};

export type PoolModel = {
  readonly pool: Resources;
  readonly version: number;
  readonly projects: readonly ProjectModel[];
};

export type Outcome = 'done' | 'refused' | 'impossible';

export const followsSlice: Demand = { instances: 1, memoryBytes: null, cpuMillicores: null };

/** The pool after a command, or as it was when a rule forbids it. Knows no more of the rules than their one function. */
export function step(model: PoolModel, command: PoolCommand): { readonly model: PoolModel; readonly outcome: Outcome } {
  const wanted = wantedBy(model, command);
  if (!wanted) return { model, outcome: 'impossible' };
  if (violationsOf(wanted).length > 0) return { model, outcome: 'refused' };
  return { model: wanted, outcome: 'done' };
}

export function violationsOf(model: PoolModel): PoolViolation[] {
  return poolViolations(divisionOf(model));
}

function divisionOf({ pool, projects }: PoolModel): Division {
  const numbered = projects.map((project, index) => ({ ...project, projectId: String(index) }));
  return {
    pool,
    slices: numbered.flatMap(({ projectId, slice }) => (slice ? { projectId, limits: slice } : [])),
    demands: numbered.flatMap(({ projectId, demand, deleted }) =>
      deleted ? [] : { projectId, ...demand, isLive: false },
    ),
  };
}

/** Null where there is no such project, or where it is in the wrong state for it. */
function wantedBy(model: PoolModel, command: PoolCommand): PoolModel | null {
  switch (command.kind) {
    case 'projectCreate': {
      const made: ProjectModel = { slice: command.limits, demand: followsSlice, deleted: null };
      return { ...model, projects: [...model.projects, made], version: model.version + 1 };
    }
    case 'projectDelete': {
      const change = (old: ProjectModel) => ({ ...old, slice: null, deleted: { slice: old.slice } });
      return changed(model, command.project, (old) => !old.deleted && change(old));
    }
    case 'projectRestore':
      return changed(model, command.project, (old) => {
        const slice = old.deleted?.slice ?? null;
        return old.deleted && { ...old, slice: slice && fits(model, slice) ? slice : null, deleted: null };
      });
    case 'allocationsSet':
      return divided(model, command.changes);
    case 'environmentUpdate':
      return changed(model, command.project, (old) => !old.deleted && { ...old, demand: command.demand });
    case 'planUpdate':
      return { ...model, pool: command.pool, version: model.version + 1 };
  }
}

/** The version moves when the division does. */
function changed(
  model: PoolModel,
  index: number,
  change: (old: ProjectModel) => ProjectModel | false | null,
): PoolModel | null {
  const old = model.projects[index];
  const next = old && change(old);
  if (!old || !next) return null;
  const version = model.version + (next.slice === old.slice ? 0 : 1);
  return { ...model, projects: model.projects.with(index, next), version };
}

function divided(
  model: PoolModel,
  changes: readonly { project: number; limits: Resources | null }[],
): PoolModel | null {
  if (changes.some(({ project }) => model.projects[project]?.deleted !== null)) return null;
  const projects = changes.reduce(
    (all, { project, limits }) => all.map((old, index) => (index === project ? { ...old, slice: limits } : old)),
    model.projects,
  );
  return { ...model, projects, version: model.version + 1 };
}

function fits({ pool, projects }: PoolModel, slice: Resources): boolean {
  const fit = largestFit(
    pool,
    projects.flatMap((other) => other.slice ?? []),
  );
  return (
    slice.memoryBytes <= fit.memoryBytes &&
    slice.cpuMillicores <= fit.cpuMillicores &&
    slice.bandwidthBytesPerMonth <= fit.bandwidthBytesPerMonth
  );
}
