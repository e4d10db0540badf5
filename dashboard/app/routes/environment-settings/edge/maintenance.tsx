import { SectionForm } from '../../../settings/section-form.js';
import { wrongIn } from '../../../settings/answer.js';
import { Field } from '../../../ui/field.js';
import { type EdgeProps, EdgeTarget } from './section.js';
import { Switch } from './switch.js';

export const Maintenance = ({ shown, answer }: EdgeProps) => (
  <SectionForm
    id="maintenance"
    title="Maintenance"
    text="Visitors see a page that says so, and no instance is asked. You can deploy meanwhile."
    intent="maintenance"
    answer={answer}
  >
    <EdgeTarget shown={shown} />
    <Switch name="maintenance" title="Down for maintenance" isOn={shown.edge.maintenance}>
      In force as soon as you save.
    </Switch>
    <Field
      className="sm:col-span-2"
      name="maintenanceMessage"
      label="What the page says"
      placeholder="This site is being worked on. Come back shortly."
      defaultValue={shown.edge.maintenanceMessage ?? ''}
      autoComplete="off"
      maxLength={500}
      error={wrongIn(answer, 'maintenance')('edge.maintenanceMessage')}
    />
  </SectionForm>
);
