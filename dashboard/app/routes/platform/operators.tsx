import { Form, useNavigation } from '@remix-run/react';
import { type Answer, wrongIn } from '../../settings/answer.js';
import { Button } from '../../ui/button.js';
import { Confirmed } from '../../ui/confirmed.js';
import { Field } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';

type Operator = { readonly id: string; readonly name: string; readonly email?: string | null };
type Props = { readonly operators: readonly Operator[]; readonly answer: Answer | undefined };

/** Those who run the platform. */
export function Operators({ operators, answer }: Props) {
  const isBusy = useNavigation().formData?.get('intent') === 'operator';
  const wrong = wrongIn(answer, 'operator');
  return (
    <Panel>
      <h2 id="operators" className="scroll-mt-16 px-4 pt-4 font-semibold lg:px-5">
        Operators
      </h2>
      <p className="mt-0.5 px-4 text-sm text-muted lg:px-5">
        They see this page, change plans and make operators. They see nothing of what belongs to an organization.
      </p>
      <ul aria-label="Operators" className="mt-2 divide-y divide-line">
        {operators.map(({ id, name, email }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 lg:px-5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="truncate font-medium">{name}</p>
              <p className="truncate text-sm text-muted">{email}</p>
            </div>
            {operators.length > 1 && (
              <Confirmed
                label="Remove"
                about={`${name} from the operators`}
                title={`Is ${name} no operator any more?`}
                text="They keep their account, and their organizations."
                fields={{ intent: 'operator', userId: id }}
              />
            )}
          </li>
        ))}
      </ul>
      <Form method="post" className="flex items-end gap-2 border-t border-line px-4 py-3 lg:px-5">
        <input type="hidden" name="intent" value="operator" />
        <Field
          name="email"
          label="Email of an account"
          type="email"
          required
          autoComplete="off"
          className="max-w-72 flex-1"
          error={wrong('email')}
        />
        <Button type="submit" disabled={isBusy}>
          Make operator
        </Button>
      </Form>
    </Panel>
  );
}
