import { Form } from '@remix-run/react';
import { Search } from 'lucide-react';
import { Button, ButtonLink } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { levels, ranges } from './search-of.js';

type Props = {
  /** What is looked for now. */
  readonly params: URLSearchParams;
  /** Deployments that may have written lines, the newest first. */
  readonly deployments: readonly { readonly id: string; readonly number: number }[];
};

/** Looks for lines in all that is kept of a log, not in what a page has of it. */
export function SearchForm({ params, deployments }: Props) {
  const value = (name: string) => params.get(name) ?? '';
  const numbered = deployments.map(({ id, number }) => [id, `Deployment ${number}`] as const);
  return (
    <details key={params.toString()} open={params.size > 0} className="mt-4">
      <summary className="w-fit cursor-pointer text-sm font-medium coarse:flex coarse:min-h-11 coarse:items-center">
        Search the whole log
      </summary>
      <Form
        role="search"
        aria-label="Search the whole log"
        className="mt-3 grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[2fr_1fr_1fr_1fr_auto]"
      >
        <Field name="search" label="Text" maxLength={200} placeholder="Found as it is" defaultValue={value('search')} />
        <Select name="level" label="Level" options={levels} defaultValue={value('level')} />
        <Select name="range" label="Time" options={ranges} defaultValue={value('range')} />
        <Select
          name="deployment"
          label="Written by"
          options={[['', 'Any deployment'], ...numbered]}
          defaultValue={value('deployment')}
        />
        <div className="flex gap-2">
          <Button type="submit" icon={Search}>
            Search
          </Button>
          {params.size > 0 && (
            <ButtonLink to="." kind="quiet">
              Back to live
            </ButtonLink>
          )}
        </div>
      </Form>
    </details>
  );
}
