import type { Command, Group } from './command.js';
import { groups } from './command.js';
import { find } from './find.js';

export type Offer = { readonly group: Group; readonly commands: readonly Command[] };

const mostOfGroup = 8;

/** What the palette shows: what was run last before anything is typed, then what fits the query, group by group. */
export function offers(
  commands: readonly Command[],
  searches: readonly Command[],
  query: string,
  recent: readonly string[],
): readonly Offer[] {
  const found = find(commands, query);
  const isAsked = query.trim() !== '';
  const last = isAsked ? [] : recent.flatMap((id) => commands.find((one) => one.id === id) ?? []);
  const all: Readonly<Record<Group, readonly Command[]>> = {
    Recent: last,
    Jump: of('Jump', found, last),
    Do: of('Do', found, last),
    'Find in logs': searches,
    Settings: of('Settings', found, last),
  };
  const shown = groups.map((group) => ({ group, commands: all[group].slice(0, mostOfGroup) }));
  const filled = shown.filter((offer) => offer.commands.length > 0);
  return isAsked ? byBest(filled, found) : filled;
}

const of = (group: Group, found: readonly Command[], last: readonly Command[]) =>
  found.filter((one) => one.group === group && !last.includes(one));

/** The group of the best command first, so that Enter runs it; searches go behind what was found. */
const byBest = (all: readonly Offer[], found: readonly Command[]) => {
  const place = ({ commands: [first] }: Offer) => {
    const at = first ? found.indexOf(first) : -1;
    return at < 0 ? found.length : at;
  };
  return [...all].sort((one, other) => place(one) - place(other));
};
