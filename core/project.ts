/** How long a project that was deleted can be brought back, before it is erased. */
export const restorableHours = 72;

export const projectStates = ['ACTIVE', 'DELETING'] as const;
export type ProjectState = (typeof projectStates)[number];

export function projectState({ deletesAt }: { readonly deletesAt: Date | null }): ProjectState {
  return deletesAt === null ? 'ACTIVE' : 'DELETING';
}
