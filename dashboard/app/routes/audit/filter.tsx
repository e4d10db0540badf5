import type { AuditFilter, Member } from '@apployd/sdk';
import { Form } from '@remix-run/react';
import { Button, ButtonLink } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Select } from '../../ui/select.js';

/** What the page's address asks for. Days are of UTC; the last one belongs to it. */
export function filterIn(params: URLSearchParams): AuditFilter {
  const given = (name: string) => params.get(name)?.trim() || undefined;
  const until = dayIn(given('until'));
  const action = given('action');
  return {
    actorId: given('who'),
    actions: action ? [action] : undefined,
    targetId: given('target'),
    refused: outcomes.get(given('outcome') ?? ''),
    since: dayIn(given('since'))?.toISOString(),
    until: until && new Date(until.getTime() + dayMs).toISOString(),
  };
}

const outcomes = new Map([
  ['done', false],
  ['refused', true],
]);

const dayMs = 24 * 60 * 60_000;

function dayIn(text: string | undefined): Date | undefined {
  const day = new Date(text ?? '');
  return Number.isNaN(day.getTime()) ? undefined : day;
}

type Props = { readonly params: URLSearchParams; readonly members: readonly Member[] };

export const Filter = ({ params, members }: Props) => {
  const value = (name: string) => params.get(name) ?? '';
  const people = members.map(({ user }) => [user.id, user.name] as const);
  return (
    <Form key={params.toString()} className="mt-5 grid items-end gap-3 sm:grid-cols-3 lg:grid-cols-6">
      <Select name="who" label="Who" defaultValue={value('who')} options={[['', 'Anybody'], ...people]} />
      <Field name="action" label="What" placeholder="variablesSet" defaultValue={value('action')} />
      <Field name="target" label="Of which" placeholder="env_…" defaultValue={value('target')} />
      <Select
        name="outcome"
        label="Outcome"
        defaultValue={value('outcome')}
        options={[
          ['', 'Any'],
          ['done', 'Done'],
          ['refused', 'Refused'],
        ]}
      />
      <Field name="since" label="From" type="date" defaultValue={value('since')} />
      <Field name="until" label="To" type="date" defaultValue={value('until')} />
      <div className="flex gap-2">
        <Button type="submit">Filter</Button>
        {params.size > 0 && (
          <ButtonLink to="." kind="quiet">
            Show all
          </ButtonLink>
        )}
      </div>
    </Form>
  );
};
