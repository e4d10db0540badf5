import { Kind, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

type Find = (name: string) => FragmentDefinitionNode | null | undefined;

/** Fields of a selection set and of the fragments spread in it. Each fragment is counted once: some are spread in themselves. */
export function countFields(set: SelectionSetNode, find: Find, counted = new Map<string, number>()): number {
  return set.selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT) return sum + countFields(selection.selectionSet, find, counted);
    return sum + fieldsOfFragment(selection.name.value, find, counted);
  }, 0);
}

function fieldsOfFragment(name: string, find: Find, counted: Map<string, number>): number {
  const known = counted.get(name);
  if (known !== undefined) return known;
  counted.set(name, 0);
  const fragment = find(name);
  const count = fragment ? countFields(fragment.selectionSet, find, counted) : 0;
  counted.set(name, count);
  return count;
}
